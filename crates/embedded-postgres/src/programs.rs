//! A directory of PostgreSQL's server programs that run on this machine.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::time::timeout;

use crate::os_user::OsUser;

/// The oldest major version that the tests run on.
pub(crate) const OLDEST_MAJOR: u32 = 15;
const PROBE_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Programs {
    pub(crate) bin: PathBuf,
    pub(crate) major: u32,
}

impl Programs {
    pub(crate) fn initdb(&self) -> PathBuf {
        self.bin.join("initdb")
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.bin.join("postgres")
    }

    /// Runs `postgres --version` as the user that will run the server, which also proves that this
    /// user can reach the files.
    pub(crate) async fn probe(bin: &Path, os_user: &OsUser) -> Result<Self, String> {
        if !bin.join("initdb").is_file() {
            return Err("there is no `initdb` in it".to_owned());
        }
        let mut command = os_user.command(bin.join("postgres"));
        let run = command
            .arg("--version")
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .output();
        let output = timeout(PROBE_TIMEOUT, run)
            .await
            .map_err(|_| "its `postgres --version` does not end".to_owned())?
            .map_err(|error| format!("its `postgres` does not run: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let major = major_of(&text).ok_or_else(|| {
            let stderr = String::from_utf8_lossy(&output.stderr);
            format!(
                "its `postgres --version` prints {:?}",
                format!("{text}{stderr}").trim()
            )
        })?;
        Ok(Self {
            bin: bin.to_owned(),
            major,
        })
    }

    /// The fastest compression of full-page images in the WAL that these programs are built with.
    /// `pglz`, which all of them have, takes several times as long as `lz4`.
    pub(crate) async fn wal_compression(&self, os_user: &OsUser, cluster: &Path) -> &'static str {
        let mut command = os_user.command(self.postgres());
        command.arg("-D").arg(cluster);
        command.args(["-c", "wal_compression=lz4", "-C", "wal_compression"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let ended = timeout(PROBE_TIMEOUT, command.kill_on_drop(true).status()).await;
        match ended {
            Ok(Ok(status)) if status.success() => "lz4",
            _ => "pglz",
        }
    }

    /// Whether they can run a cluster of this version, or create a new cluster.
    pub(crate) fn can_run(&self, cluster_major: Option<u32>) -> bool {
        cluster_major.map_or(self.major >= OLDEST_MAJOR, |major| self.major == major)
    }
}

/// From `postgres (PostgreSQL) 15.8 (Debian …)` or `postgres (PostgreSQL) 18beta1`.
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
    fn the_major_version_is_read_from_release_and_beta_versions() {
        assert_eq!(
            major_of("postgres (PostgreSQL) 15.8 (Debian 15.8-0)\n"),
            Some(15)
        );
        assert_eq!(major_of("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major_of("postgres (PostgreSQL)"), None);
    }
}

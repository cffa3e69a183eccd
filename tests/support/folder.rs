//! A data directory for an embedded PostgreSQL, removed at the end.
#![expect(
    clippy::expect_used,
    reason = "a harness that fails must fail its test"
)]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fairhold::database::embedded;
use fairhold_embedded_postgres::Options;

/// Removed when dropped, once the database has ended.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) programs: PathBuf,
}

impl Folder {
    /// A new one below the temporary folder, with the server programs that tests use.
    pub(crate) async fn new(test: &str) -> Self {
        let path = env::temp_dir().join(format!("fairhold-{}-{test}", std::process::id()));
        let installed = env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from);
        let programs = embedded::options(None, installed).server_programs().await;
        Self {
            path,
            programs: programs.expect("PostgreSQL's programs"),
        }
    }

    pub(crate) fn options(&self) -> Options {
        embedded::options(Some(self.path.clone()), Some(self.programs.clone()))
    }

    pub(crate) fn url(&self) -> String {
        self.options().url().expect("a path that can be used")
    }

    /// The database's first process, while there is one.
    pub(crate) fn postmaster(&self) -> Option<u32> {
        let folders = fs::read_dir(&self.path).ok()?.flatten();
        let mut pid_files = folders.map(|entry| entry.path().join("postmaster.pid"));
        let text = pid_files.find_map(|file| fs::read_to_string(file).ok())?;
        text.lines().next()?.parse().ok()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while self.postmaster().is_some_and(lives) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn lives(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}

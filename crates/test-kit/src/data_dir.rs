//! A data folder of the embedded PostgreSQL, removed at the end.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fairhold_embedded_postgres::Options;

use crate::database::embedded_options;

/// Removed when dropped, once the server in it has stopped.
#[derive(Debug)]
pub struct DataDir {
    pub path: PathBuf,
    options: Options,
}

impl DataDir {
    /// A new one, named after the test, below the temporary folder.
    pub async fn new(test: &str) -> Self {
        let path = env::temp_dir().join(format!("fairhold-{}-{test}", std::process::id()));
        Self {
            options: embedded_options(&path).await,
            path,
        }
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    pub fn url(&self) -> String {
        self.options.url().expect("a path that can be used")
    }

    /// The pid of the postmaster, while there is one.
    pub fn postmaster(&self) -> Option<u32> {
        let folders = fs::read_dir(&self.path).ok()?.flatten();
        let mut pid_files = folders.map(|entry| entry.path().join("postmaster.pid"));
        let text = pid_files.find_map(|file| fs::read_to_string(file).ok())?;
        text.lines().next()?.parse().ok()
    }
}

impl Drop for DataDir {
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

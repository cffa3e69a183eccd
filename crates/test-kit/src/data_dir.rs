//! A data folder of the embedded PostgreSQL, removed at the end.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fairhold::database::embedded::{Settings, url_of};

use crate::database::postgres_programs;

/// Removed when dropped, once the server in it has stopped.
#[derive(Debug)]
pub struct DataDir {
    pub path: PathBuf,
    pub programs: PathBuf,
}

impl DataDir {
    /// A new one, named after the test, below the temporary folder.
    pub async fn new(test: &str) -> Self {
        let path = env::temp_dir().join(format!("fairhold-{}-{test}", std::process::id()));
        Self {
            path,
            programs: postgres_programs().await,
        }
    }

    pub fn settings(&self) -> Settings {
        Settings {
            data_dir: self.path.clone(),
            postgres_bin_dir: Some(self.programs.clone()),
        }
    }

    pub fn url(&self) -> String {
        url_of(&self.settings()).expect("a path that can be used")
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

//! An owner in a process of its own, which a test can kill: this test program, run again.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use fairhold_embedded_postgres::{EmbeddedPostgres, Options};
use rustix::process::{Pid, Signal, kill_process};

use crate::data_dir::{DataDir, NAME, eventually};

const DATA_DIR: &str = "FAIRHOLD_TEST_OWNER";
const PROGRAMS: &str = "FAIRHOLD_POSTGRES_BIN_DIR";

/// Owns the server of a data directory until it is killed.
pub(crate) struct Owner {
    process: Child,
}

impl Owner {
    /// A process that has begun to start the server.
    pub(crate) fn begin(data_dir: &DataDir) -> Self {
        let process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "owner::is_another_process", "--nocapture"])
            .env(DATA_DIR, &data_dir.options.data_dir)
            .envs(data_dir.options.bin_dir.iter().map(|bin| (PROGRAMS, bin)))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { process }
    }

    /// A process whose server accepts connections.
    pub(crate) async fn ready(data_dir: &DataDir) -> Self {
        let owner = Self::begin(data_dir);
        eventually("the owner's server is ready", async || {
            data_dir.options.is_running()
        })
        .await;
        owner
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// The shell that watches this process.
    #[cfg(target_os = "linux")]
    pub(crate) fn watchdog(&self) -> u32 {
        let own = self.process.id().to_string();
        let processes = fs::read_dir("/proc").unwrap().flatten();
        let shells = processes.filter_map(|entry| {
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            let (name, rest) = stat.rsplit_once(") ")?;
            let parent = rest.split(' ').nth(1)?;
            (parent == own && !name.ends_with("(postgres"))
                .then(|| entry.file_name().to_str()?.parse().ok())?
        });
        shells.min().unwrap()
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn kill(pid: u32) {
    let pid = Pid::from_raw(pid.try_into().unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
}

/// Does nothing in the test run itself.
#[tokio::test]
async fn is_another_process() {
    let Some(directory) = env::var_os(DATA_DIR) else {
        return;
    };
    let mut options = Options::new(NAME, directory);
    options.bin_dir = env::var_os(PROGRAMS).map(PathBuf::from);
    let _server = EmbeddedPostgres::start(&options).await.unwrap();
    loop {
        thread::park();
    }
}

//! A Fairhold in a process of its own, so that a test can kill it: this test program, run again.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use fairhold::database::embedded::{EmbeddedPostgres, Settings, is_running};
use fairhold_test_kit::eventually;
use rustix::process::{Pid, Signal, kill_process};

use crate::place::Place;

const FOLDER: &str = "FAIRHOLD_TEST_OWNER";
const PROGRAMS: &str = "FAIRHOLD_POSTGRES_BIN_DIR";

/// Owns the server of a folder until it is killed.
pub(crate) struct Owner {
    process: Child,
}

impl Owner {
    /// A process that has begun to start the server.
    pub(crate) fn begin(place: &Place) -> Self {
        let process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "owner::is_another_process", "--nocapture"])
            .env(FOLDER, &place.settings.data_dir)
            .envs(
                place
                    .settings
                    .postgres_bin_dir
                    .iter()
                    .map(|bin| (PROGRAMS, bin)),
            )
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { process }
    }

    /// A process whose server takes connections.
    pub(crate) async fn ready(place: &Place) -> Self {
        let owner = Self::begin(place);
        eventually("the owner's server is ready", async || {
            is_running(&place.settings)
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
    let Some(folder) = env::var_os(FOLDER) else {
        return;
    };
    let data_dir = PathBuf::from(folder);
    let settings = Settings {
        data_dir,
        postgres_bin_dir: None,
    };
    let _server = EmbeddedPostgres::start(&settings).await.unwrap();
    loop {
        thread::park();
    }
}

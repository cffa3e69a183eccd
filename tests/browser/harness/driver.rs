//! chromedriver and its browsers: one process group, which is killed when the test ends.

use std::env;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child as RunningDriver, ChildStdout, Command as DriverCommand};
use tokio::time::timeout;

use super::executables::Executables;

const START_TIMEOUT: Duration = Duration::from_mins(1);
/// How many times chromedriver is started until it listens.
const START_ATTEMPTS: usize = 5;
/// The user that runs the browser when root runs the tests.
const NOBODY: u32 = 65_534;

/// Kills the group and removes its folder once its standard input closes, also when the test crashes.
const CLEANUP: &str = r#"
trap '' HUP INT TERM
read -r _
kill -s KILL -- "-$1"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf -- "$2" 2>/dev/null && break
    sleep 0.2
done
"#;

/// A running chromedriver. It is killed with all its browsers when dropped.
#[derive(Debug)]
pub(super) struct Driver {
    pub(super) folder: PathBuf,
    pub(super) port: u16,
    cleanup: Child,
    _process: RunningDriver,
    /// Kept open, because writing to a closed pipe would kill chromedriver.
    _stdout: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts chromedriver. It chooses a free IPv4 port and exits if the same IPv6 port is taken; then
    /// it is started again.
    pub(super) async fn start(programs: &Executables) -> Self {
        for _ in 0..START_ATTEMPTS {
            if let Some(driver) = Self::try_start(programs).await {
                return driver;
            }
        }
        panic!("chromedriver exited {START_ATTEMPTS} times before it listened");
    }

    async fn try_start(programs: &Executables) -> Option<Self> {
        let folder = create_folder();
        let mut process = command(&programs.driver, &folder).spawn().unwrap();
        let cleanup = cleanup(process.id().unwrap(), &folder);
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let port = timeout(START_TIMEOUT, port(&mut stdout)).await;
        let port = port.expect("chromedriver did not listen in time");
        let driver = Self {
            port: port.unwrap_or_default(),
            folder,
            cleanup,
            _process: process,
            _stdout: stdout,
        };
        port.map(|_| driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.cleanup.stdin.take());
        let _ = self.cleanup.wait();
    }
}

/// Creates the folder for everything that the browsers write.
fn create_folder() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("fairhold-browser-{}-{count}", process::id());
    let folder = env::temp_dir().join(name);
    let _ = fs::remove_dir_all(&folder);
    DirBuilder::new().mode(0o700).create(&folder).unwrap();
    if is_root() {
        chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    folder
}

fn command(driver: &Path, folder: &Path) -> DriverCommand {
    let mut command = DriverCommand::new(driver);
    command
        .arg("--port=0")
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .current_dir(folder)
        .process_group(0)
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn cleanup(group: u32, folder: &Path) -> Child {
    Command::new("/bin/sh")
        .args(["-c", CLEANUP, "cleanup", &group.to_string()])
        .arg(folder)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// The port that chromedriver prints once it listens; `None` if it exited instead.
async fn port(stdout: &mut BufReader<ChildStdout>) -> Option<u16> {
    let mut line = String::new();
    loop {
        line.clear();
        let length = stdout.read_line(&mut line).await.unwrap();
        if length == 0 {
            return None;
        }
        let port = line.split("started successfully on port ").nth(1);
        if let Some(port) = port {
            return Some(port.trim().trim_end_matches('.').parse().unwrap());
        }
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

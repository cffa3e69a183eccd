//! chromedriver and the browsers that it starts: one process group, which ends with the test.

use std::env;
use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child as Driven, ChildStdout, Command as Starting};
use tokio::time::timeout;

use super::programs::Programs;

const PATIENCE: Duration = Duration::from_mins(1);
/// How often chromedriver is started until it listens.
const TRIES: usize = 5;
/// Who runs the browser when root runs the tests.
const NOBODY: u32 = 65_534;

/// Ends the group and removes its folder as soon as the test lets go of its end, or dies.
const JANITOR: &str = r#"
trap '' HUP INT TERM
read -r _
kill -s KILL -- "-$1"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf -- "$2" 2>/dev/null && break
    sleep 0.2
done
"#;

/// A chromedriver that listens. It ends with all its browsers when dropped.
#[derive(Debug)]
pub(super) struct Driver {
    pub(super) folder: PathBuf,
    pub(super) port: u16,
    janitor: Child,
    _process: Driven,
    /// Kept open: a program whose output nobody takes would fail.
    _stdout: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts one. It chooses its port by itself, and ends at once where another has taken that port
    /// of the second protocol meanwhile: then it is started again.
    pub(super) async fn start(programs: &Programs) -> Self {
        for _ in 0..TRIES {
            if let Some(driver) = Self::try_start(programs).await {
                return driver;
            }
        }
        panic!("chromedriver ended {TRIES} times before it listened");
    }

    async fn try_start(programs: &Programs) -> Option<Self> {
        let folder = create_folder();
        let mut process = command(&programs.driver, &folder).spawn().unwrap();
        let janitor = janitor(process.id().unwrap(), &folder);
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let port = timeout(PATIENCE, port(&mut stdout)).await;
        let port = port.expect("chromedriver listens in time");
        let driver = Self {
            port: port.unwrap_or_default(),
            folder,
            janitor,
            _process: process,
            _stdout: stdout,
        };
        port.map(|_| driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        let _ = self.janitor.wait();
    }
}

/// Everything that a browser writes goes here.
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

fn command(driver: &Path, folder: &Path) -> Starting {
    let mut command = Starting::new(driver);
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

fn janitor(group: u32, folder: &Path) -> Child {
    Command::new("/bin/sh")
        .args(["-c", JANITOR, "janitor", &group.to_string()])
        .arg(folder)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// chromedriver says on which port it listens once it does; `None` when it ended instead.
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

//! Fairhold as its users run it: the real program, in a process of its own.
#![expect(
    clippy::expect_used,
    reason = "a harness that fails must fail its test"
)]

use std::env;
use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fairhold");
const PATIENCE: Duration = Duration::from_secs(30);
const ANY_PORT: &str = "127.0.0.1:0";

// A test binary may need only a part of the harness.
const _: () = {
    let _ = (kill, Fairhold::kill);
    let _ = async || Fairhold::start_under("", "").await;
    let _ = async || Fairhold::start_at("", "", &[]).await;
};

/// A Fairhold that serves. Killed when dropped.
pub(crate) struct Fairhold {
    child: Child,
    address: String,
    /// Kept open: a program whose output nobody takes would fail.
    _stdout: BufReader<ChildStdout>,
}

impl Fairhold {
    /// Starts it on the database of `url` and returns once it serves.
    pub(crate) async fn start(url: &str, arguments: &[&str]) -> Self {
        let mut command = command(arguments);
        command.env("DATABASE_URL", url);
        Self::spawn(command, ANY_PORT).await
    }

    /// Starts it where an earlier one served.
    pub(crate) async fn start_at(address: &str, url: &str, arguments: &[&str]) -> Self {
        let mut command = command(arguments);
        command.env("DATABASE_URL", url);
        let listen = address.strip_prefix("http://");
        Self::spawn(command, listen.expect("its address")).await
    }

    /// Starts it with the embedded PostgreSQL, in `folder`.
    pub(crate) async fn start_in(folder: &Path, programs: &Path, arguments: &[&str]) -> Self {
        let mut command = command(arguments);
        command.env("FAIRHOLD_DATA_DIR", folder);
        command.env("FAIRHOLD_POSTGRES_BIN_DIR", programs);
        Self::spawn(command, ANY_PORT).await
    }

    /// Starts it on the database of `url` from a shell that has run `limits`.
    pub(crate) async fn start_under(url: &str, limits: &str) -> Self {
        let arguments = ["-c", &format!("{limits}; exec \"$0\" \"$@\""), PROGRAM];
        let mut command = clean(Command::new("/bin/sh"));
        command.args(arguments).env("DATABASE_URL", url);
        Self::spawn(command, ANY_PORT).await
    }

    async fn spawn(mut command: Command, listen: &str) -> Self {
        let mut child = command
            .args(["--listen", listen])
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        let read = timeout(PATIENCE, stdout.read_line(&mut line)).await;
        read.expect("it serves in time").expect("its first line");
        let address = line.trim().strip_prefix("Fairhold serves ");
        Self {
            address: address.expect("the address in its first line").to_owned(),
            child,
            _stdout: stdout,
        }
    }

    /// Where it serves: scheme, host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("a process that runs")
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        signal(self.pid(), Signal::TERM);
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.expect("it ends in time").expect("its status")
    }

    /// SIGKILL.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("it is killed");
    }
}

/// SIGKILL for a process that the test started.
pub(crate) fn kill(pid: u32) {
    signal(pid, Signal::KILL);
}

/// `fairhold audit` on the database of `url`.
pub(crate) async fn audit(url: &str) -> Output {
    run(url, &["audit"]).await
}

/// A command that ends, on the database of `url`.
pub(crate) async fn run(url: &str, arguments: &[&str]) -> Output {
    let mut command = command(arguments);
    let run = command.env("DATABASE_URL", url).kill_on_drop(true).output();
    let output = timeout(PATIENCE, run).await;
    output.expect("it ends in time").expect("its report")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = clean(Command::new(PROGRAM));
    command.args(arguments);
    command
}

/// Settings of whoever runs the tests must not reach the program, but for `FAIRHOLD_TEST_LOG`,
/// which shows what it logs.
fn clean(mut command: Command) -> Command {
    command.env_clear();
    let kept = ["PATH", "HOME", "TMPDIR"];
    command.envs(
        kept.iter()
            .filter_map(|name| Some((name, env::var_os(name)?))),
    );
    match env::var("FAIRHOLD_TEST_LOG") {
        Ok(filter) => command.env("FAIRHOLD_LOG", filter),
        Err(_) => command.env("FAIRHOLD_LOG", "off").stderr(Stdio::null()),
    };
    command
}

fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    kill_process(pid.expect("a process id"), signal).expect("the signal is sent");
}

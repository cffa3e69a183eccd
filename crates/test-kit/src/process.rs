//! The real program, in a process of its own.

use std::env;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::command::{executable, isolated, program};
use crate::database::postgres_programs;

const TIMEOUT: Duration = Duration::from_secs(30);
const ANY_PORT: &str = "127.0.0.1:0";

/// A server process. Killed when dropped.
pub struct Fairhold {
    child: Child,
    address: String,
    /// Kept open, or the program could not write to it.
    _stdout: BufReader<ChildStdout>,
}

impl Fairhold {
    /// Starts it on the database of `url` and returns once it serves.
    pub async fn start(url: &str, arguments: &[&str]) -> Self {
        let mut command = program(arguments);
        command.env("DATABASE_URL", url);
        Self::start_quietly(command, ANY_PORT).await
    }

    /// Starts it at the address of an earlier one.
    pub async fn start_at(address: &str, url: &str, arguments: &[&str]) -> Self {
        let mut command = program(arguments);
        command.env("DATABASE_URL", url);
        let listen = address.strip_prefix("http://");
        Self::start_quietly(command, listen.expect("its address")).await
    }

    /// Starts it with the embedded PostgreSQL in `folder`.
    pub async fn start_in(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_with(&postgres_programs().await, folder, arguments).await
    }

    /// Starts it with an embedded PostgreSQL of these programs in `folder`.
    pub async fn start_with(programs: &Path, folder: &Path, arguments: &[&str]) -> Self {
        let mut command = program(arguments);
        command.env("FAIRHOLD_DATA_DIR", folder);
        command.env("FAIRHOLD_POSTGRES_BIN_DIR", programs);
        Self::start_quietly(command, ANY_PORT).await
    }

    /// Starts it on the database of `url` from a shell that has run `limits`.
    pub async fn start_under(url: &str, limits: &str) -> Self {
        let script = format!("{limits}; exec \"$0\" \"$@\"");
        let mut command = isolated("/bin/sh");
        command.arg("-c").arg(script).arg(executable());
        command.env("DATABASE_URL", url);
        Self::start_quietly(command, ANY_PORT).await
    }

    async fn start_quietly(command: Command, listen: &str) -> Self {
        let mut command = quiet(command);
        command.args(["--listen", listen]);
        Self::spawn(command).await.expect("the address it serves")
    }

    /// Starts `command` and returns once it serves, or the line that it printed instead.
    pub(crate) async fn spawn(mut command: Command) -> Result<Self, String> {
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.expect("the program starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        let read = timeout(TIMEOUT, stdout.read_line(&mut line)).await;
        read.expect("it serves in time").expect("its first line");
        let Some(address) = line.trim().strip_prefix("Fairhold serves ") else {
            return Err(line);
        };
        Ok(Self {
            address: address.to_owned(),
            child,
            _stdout: stdout,
        })
    }

    /// Where it serves: scheme, host and port.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn pid(&self) -> u32 {
        self.child.id().expect("a process that runs")
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        signal(self.pid(), Signal::TERM);
    }

    /// Waits until it has exited.
    pub async fn ended(&mut self) -> ExitStatus {
        let ended = timeout(TIMEOUT, self.child.wait()).await;
        ended.expect("it ends in time").expect("its status")
    }

    /// SIGKILL.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("it is killed");
    }
}

/// Sends SIGKILL to a process that the test started.
pub fn kill(pid: u32) {
    signal(pid, Signal::KILL);
}

/// The program with its log off, unless `FAIRHOLD_TEST_LOG` has a filter for it.
fn quiet(mut command: Command) -> Command {
    let kept = ["HOME", "TMPDIR"].map(|name| Some((name, env::var_os(name)?)));
    command.envs(kept.into_iter().flatten());
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

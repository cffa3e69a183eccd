//! Commands of the real program, run to their ends.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

const TIMEOUT: Duration = Duration::from_mins(1);

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The program that cargo built beside the test binary.
pub fn executable() -> PathBuf {
    if let Some(path) = env::var_os("CARGO_BIN_EXE_fairhold") {
        return path.into();
    }
    let own = env::current_exe().expect("the test binary");
    let folder = own.parent().and_then(Path::parent);
    folder.expect("target/<profile>/deps").join("fairhold")
}

/// The program, with nothing but `PATH` in its environment.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = isolated(executable());
    command.args(arguments);
    command
}

/// Any program, without the developer's settings in its environment.
pub(crate) fn isolated(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", env::var_os("PATH").unwrap_or_default())
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Runs a command, which must exit within a minute.
pub async fn run(mut command: Command) -> Ended {
    let output = timeout(TIMEOUT, command.output()).await;
    let output = output.expect("it exits in time").unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs a command on the database of `url`.
pub async fn run_on(url: &str, arguments: &[&str]) -> Ended {
    let mut command = program(arguments);
    command.env("DATABASE_URL", url);
    run(command).await
}

/// `fairhold audit` on the database of `url`.
pub async fn audit(url: &str) -> Ended {
    run_on(url, &["audit"]).await
}

/// Asserts that `fairhold audit` finds no discrepancy.
pub async fn assert_sound(url: &str) {
    let report = audit(url).await;
    assert_eq!(report.code, Some(0), "{report:?}");
}

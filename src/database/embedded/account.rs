//! The account that runs PostgreSQL's programs: our own, except for root, which PostgreSQL refuses.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::lchown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Stdio};

use tokio::process::Command;

use super::StartError;

/// Who runs PostgreSQL's programs.
#[derive(Debug, Clone)]
pub(super) enum Account {
    /// The account that runs Fairhold.
    Own,
    /// Another one, since root runs Fairhold.
    Other { name: String, uid: u32, gid: u32 },
}

impl Account {
    pub(super) fn choose() -> Result<Self, StartError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Own);
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(look_up)
            .ok_or(StartError::NoAccount)
    }

    pub(super) fn uid(&self) -> u32 {
        match self {
            Self::Own => rustix::process::geteuid().as_raw(),
            Self::Other { uid, .. } => *uid,
        }
    }

    /// Makes a folder that we have just made belong to this account.
    pub(super) fn own(&self, folder: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Other { uid, gid, .. } => lchown(folder, Some(*uid), Some(*gid)),
        }
    }

    /// A program of its own process group, so that a terminal's Ctrl-C reaches only Fairhold, and
    /// without the caller's `PG…` variables, which would redirect it.
    pub(super) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = process::Command::new(program);
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .process_group(0)
            .env("LC_ALL", "C");
        for (name, _) in env::vars_os() {
            if name.as_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        if let Self::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
        command.into()
    }

    /// A script for `/bin/sh`, whose `$1` and on are the arguments that the caller adds.
    pub(super) fn shell(&self, script: &str) -> Command {
        let mut command = self.command("/bin/sh");
        command.args(["-c", script, "fairhold"]);
        command
    }
}

fn look_up(name: &str) -> Option<Account> {
    Some(Account::Other {
        name: name.to_owned(),
        uid: id("-u", name)?,
        gid: id("-g", name)?,
    })
}

fn id(which: &str, name: &str) -> Option<u32> {
    let output = process::Command::new("id")
        .args([which, name])
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

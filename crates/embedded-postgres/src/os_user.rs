//! The operating system user that runs PostgreSQL's programs: ours, or another one if we are root.

use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::lchown;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{self, Stdio};

use tokio::process::Command;

use crate::environment;
use crate::error::StartError;

#[derive(Debug, Clone)]
pub(crate) enum OsUser {
    Current,
    /// Used instead of root, which PostgreSQL refuses.
    Other {
        name: String,
        uid: u32,
        gid: u32,
    },
}

impl OsUser {
    pub(crate) fn choose() -> Result<Self, StartError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Current);
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(look_up)
            .ok_or(StartError::NoOsUser)
    }

    pub(crate) fn uid(&self) -> u32 {
        match self {
            Self::Current => rustix::process::geteuid().as_raw(),
            Self::Other { uid, .. } => *uid,
        }
    }

    /// Hands a directory that we have just created over to this user.
    pub(crate) fn chown(&self, directory: &Path) -> io::Result<()> {
        match self {
            Self::Current => Ok(()),
            Self::Other { uid, gid, .. } => lchown(directory, Some(*uid), Some(*gid)),
        }
    }

    /// A command in its own process group, so that Ctrl-C in a terminal reaches only the owner, and
    /// with a restricted environment.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = process::Command::new(program);
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .process_group(0);
        environment::restrict(&mut command);
        if let Self::Other { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
        command.into()
    }

    /// A script for `/bin/sh`. The arguments that the caller adds become `$1` and on.
    pub(crate) fn shell(&self, script: &str) -> Command {
        let mut command = self.command("/bin/sh");
        command.args(["-c", script, "embedded-postgres"]);
        command
    }
}

fn look_up(name: &str) -> Option<OsUser> {
    Some(OsUser::Other {
        name: name.to_owned(),
        uid: id("-u", name)?,
        gid: id("-g", name)?,
    })
}

fn id(which: &str, name: &str) -> Option<u32> {
    let mut command = process::Command::new("id");
    environment::restrict(&mut command);
    let output = command.args([which, name]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

//! A directory for the servers of one test, and PostgreSQL's programs to run them.

use std::env;
use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use fairhold::database::embedded;
use tokio::process::Command;

use crate::tools::not_tested_without;

/// Stops the servers below the directory `$1` when the test ends, however it does, and removes it.
const JANITOR: &str = r#"
trap '' HUP INT TERM
read -r _
for file in "$1"/*/data/postmaster.pid; do
    [ -f "$file" ] && kill -QUIT "$(head -n 1 "$file")" 2>/dev/null
done
sleep 1
rm -rf -- "$1"
"#;

pub(crate) struct Site {
    pub(crate) folder: PathBuf,
    pub(crate) programs: PathBuf,
    account: Option<(u32, u32)>,
    janitor: Child,
}

impl Site {
    /// A site, if the machine has these programs: a downloaded PostgreSQL may have only the
    /// server's own.
    pub(crate) async fn having(programs: &[&str]) -> Option<Self> {
        let site = Self::new().await;
        for name in programs {
            if site.program(name).arg("--version").output().await.is_err() {
                not_tested_without(
                    name,
                    "backups, standbys and the queries of docs/auditing.md",
                );
                return None;
            }
        }
        Some(site)
    }

    async fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("fairhold-site-{}-{count}", std::process::id()));
        let installed = env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from);
        let options = embedded::options(None, installed);
        let programs = options.server_programs().await.unwrap();
        DirBuilder::new().mode(0o711).create(&folder).unwrap();
        let mut janitor = std::process::Command::new("/bin/sh");
        janitor.args(["-c", JANITOR, "janitor"]).arg(&folder);
        janitor.current_dir("/").stdin(Stdio::piped());
        let site = Self {
            account: account(),
            programs,
            janitor: janitor.spawn().unwrap(),
            folder,
        };
        site.hand_over(&site.folder);
        site
    }

    /// Makes a directory belong to the user that runs PostgreSQL.
    pub(crate) fn hand_over(&self, folder: &Path) {
        if let Some((uid, gid)) = self.account {
            chown(folder, Some(uid), Some(gid)).unwrap();
        }
    }

    /// One of PostgreSQL's programs, run as an ordinary user.
    pub(crate) fn program(&self, name: &str) -> Command {
        let beside = self.programs.join(name);
        let program = if beside.exists() { beside } else { name.into() };
        let mut command = Command::new(program);
        command.current_dir("/").env_clear();
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command.env("LC_ALL", "C").stdin(Stdio::null());
        if let Some((uid, gid)) = self.account {
            command.uid(uid).gid(gid);
        }
        command.kill_on_drop(true);
        command
    }

    /// Runs it to its end, which must be a success.
    pub(crate) async fn run(&self, name: &str, arguments: &[&str]) -> Output {
        let run = self.program(name).args(arguments).output();
        let output = run.await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(output.status.success(), "{name} {arguments:?}: {output:?}");
        output
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        let _ = self.janitor.wait();
    }
}

/// PostgreSQL refuses to run as root: another user runs it then.
fn account() -> Option<(u32, u32)> {
    let id = |which, name| {
        let run = std::process::Command::new("id")
            .args([which, name])
            .output();
        String::from_utf8(run.ok()?.stdout)
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    let of = |name| Some((id("-u", name)?, id("-g", name)?));
    let is_root = rustix::process::geteuid().is_root();
    is_root.then(|| ["postgres", "nobody"].into_iter().find_map(of).unwrap())
}

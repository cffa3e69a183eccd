//! PostgreSQL's programs, run as an ordinary user in a folder of the test's own.

use std::env;
use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::process::Command;

use crate::database::postgres_programs;
use crate::tools::not_tested_without;

/// Stops the servers below the folder `$1` and removes it when the test has ended in any way.
const JANITOR: &str = r#"
trap '' HUP INT TERM
read -r _
for file in "$1"/*/data/postmaster.pid; do
    [ -f "$file" ] && kill -QUIT "$(head -n 1 "$file")" 2>/dev/null
done
sleep 1
rm -rf -- "$1"
"#;

/// A folder for the servers and backups of one test, and the programs to run them with.
pub struct PostgresHost {
    pub folder: PathBuf,
    pub programs: PathBuf,
    account: Option<(u32, u32)>,
    janitor: Child,
}

impl PostgresHost {
    /// `None` if the machine lacks one of these programs: a downloaded PostgreSQL has only the
    /// server's own.
    pub async fn having(programs: &[&str]) -> Option<Self> {
        let host = Self::new().await;
        for name in programs {
            if host.program(name).arg("--version").output().await.is_err() {
                not_tested_without(name, "backups, standbys and audit queries");
                return None;
            }
        }
        Some(host)
    }

    async fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("fairhold-host-{}-{count}", std::process::id()));
        DirBuilder::new().mode(0o711).create(&folder).unwrap();
        let mut janitor = std::process::Command::new("/bin/sh");
        janitor.args(["-c", JANITOR, "janitor"]).arg(&folder);
        janitor.current_dir("/").stdin(Stdio::piped());
        let host = Self {
            account: account(),
            programs: postgres_programs().await,
            janitor: janitor.spawn().unwrap(),
            folder,
        };
        host.hand_over(&host.folder);
        host
    }

    /// Makes the account that runs PostgreSQL the owner of a folder.
    pub fn hand_over(&self, folder: &Path) {
        if let Some((uid, gid)) = self.account {
            chown(folder, Some(uid), Some(gid)).unwrap();
        }
    }

    /// One of PostgreSQL's programs, run as an ordinary user.
    pub fn program(&self, name: &str) -> Command {
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

    /// Runs it to its end and panics unless it succeeds.
    pub async fn run(&self, name: &str, arguments: &[&str]) -> Output {
        let run = self.program(name).args(arguments).output();
        let output = run.await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(output.status.success(), "{name} {arguments:?}: {output:?}");
        output
    }
}

impl Drop for PostgresHost {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        let _ = self.janitor.wait();
    }
}

/// The account that runs PostgreSQL for root, as PostgreSQL itself refuses to.
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

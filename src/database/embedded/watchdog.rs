//! Shell scripts that end PostgreSQL when Fairhold is gone, however it went.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, PipeWriter, Write, pipe};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Child;
use tokio::time::timeout;

use super::StartError;
use super::account::Account;

/// Runs a program; when the pipe on its stdin closes without a word, its whole group is killed.
const GUARD: &str = r#"
exec 3<&0
(read -r _ <&3 || kill -KILL 0) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
"#;

/// Stops the server of the folder `$1` when its stdin ends. Stdin names the server's pid, which is
/// trusted only while that process works in the folder and was told so by its command line: a pid
/// may have a new owner.
const WATCH: &str = r#"
trap '' HUP INT TERM
folder=$1
server=
while read -r pid; do server=$pid; done
case $server in ''|*[!0-9]*) exit 0 ;; esac
ours() {
    if [ -d /proc/self ]; then
        case $(readlink "/proc/$server/cwd") in
            "$folder"|"$folder (deleted)") ;;
            *) return 1 ;;
        esac
        tr '\0' '\n' <"/proc/$server/cmdline" | grep -qxF -e "$folder"
    else
        ps -o args= -p "$server" | grep -qF -e "-D $folder"
    fi
}
gone() {
    tries=$1
    while ours; do
        [ "$tries" -gt 0 ] || return 1
        tries=$((tries - 1))
        sleep 0.05
    done
}
stop() { kill "-$1" "$server"; gone "$2"; }
gone 0 || stop INT 500 || stop QUIT 100 || stop KILL 100
"#;

/// Starts a program that says its pid on stdout, which is the watchdog's pipe, before it becomes
/// the server: at no moment is there a server that the watchdog does not know.
pub(super) const LAUNCH: &str = r#"
echo $$
exec "$@" >&2
"#;

/// Longer than [`WATCH`] takes at worst.
const ORPHAN_PATIENCE: Duration = Duration::from_secs(40);
const RELEASE_PATIENCE: Duration = Duration::from_secs(5);

/// Stops the server when its last pipe end is closed: on drop, or by the system.
#[derive(Debug)]
pub(super) struct Watchdog {
    leash: PipeWriter,
    shell: Child,
}

impl Watchdog {
    /// The watchdog holds `lock` while it lives, so that the next start waits for it.
    pub(super) fn spawn(account: &Account, cluster: &Path, lock: File) -> io::Result<Self> {
        let (reader, leash) = pipe()?;
        let shell = account
            .shell(WATCH)
            .arg(cluster)
            .stdin(reader)
            .stdout(lock)
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { leash, shell })
    }

    /// For the stdout of [`LAUNCH`].
    pub(super) fn pipe(&self) -> io::Result<PipeWriter> {
        self.leash.try_clone()
    }

    /// Lets it go, after the server has ended.
    pub(super) async fn release(self) {
        let Self { leash, mut shell } = self;
        drop(leash);
        let _ = timeout(RELEASE_PATIENCE, shell.wait()).await;
    }
}

/// Ends the server with this pid if it proves to be one of this folder.
pub(super) async fn end_orphan(
    account: &Account,
    cluster: &Path,
    pid: u32,
) -> Result<(), StartError> {
    let (reader, mut writer) = pipe().map_err(|source| StartError::program("/bin/sh", source))?;
    let mut command = account.shell(WATCH);
    let shell = command
        .arg(cluster)
        .stdin(reader)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let ended = async {
        writeln!(writer, "{pid}")?;
        drop(writer);
        timeout(ORPHAN_PATIENCE, shell).await?
    };
    match ended.await {
        Ok(status) if status.success() => Ok(()),
        Ok(_) | Err(_) => Err(StartError::Orphan {
            folder: cluster.to_owned(),
            pid,
        }),
    }
}

/// Runs a program to its end, and kills it with all its children when this process or this future
/// ends first.
pub(super) async fn run_guarded<I, A>(
    account: &Account,
    program: &Path,
    arguments: I,
) -> io::Result<Output>
where
    I: IntoIterator<Item = A>,
    A: AsRef<OsStr>,
{
    let (reader, mut leash) = pipe()?;
    let child = account
        .shell(GUARD)
        .arg(program)
        .args(arguments)
        .stdin(reader)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let output = child.wait_with_output().await?;
    let _ = leash.write_all(b"done\n");
    Ok(output)
}

//! Shell scripts that stop PostgreSQL's programs when their owner is gone, however it ended.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, PipeWriter, Write, pipe};
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Child;
use tokio::time::timeout;

use crate::error::StartError;
use crate::os_user::OsUser;

/// Runs a program. When the pipe on stdin closes without a line, the whole process group is killed.
const GUARD: &str = r#"
exec 3<&0
(read -r _ <&3 || kill -KILL 0) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null
"#;

/// Stops the server of the cluster `$1` when stdin ends. Stdin names the server's pid, which is
/// trusted only while that process has the cluster as its working directory and on its command line:
/// the system may have given the pid to another process.
const WATCH: &str = r#"
trap '' HUP INT TERM
cluster=$1
server=
while read -r pid; do server=$pid; done
case $server in ''|*[!0-9]*) exit 0 ;; esac
ours() {
    if [ -d /proc/self ]; then
        case $(readlink "/proc/$server/cwd") in
            "$cluster"|"$cluster (deleted)") ;;
            *) return 1 ;;
        esac
        tr '\0' '\n' <"/proc/$server/cmdline" | grep -qxF -e "$cluster"
    else
        ps -o args= -p "$server" | grep -qF -e "-D $cluster"
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

/// Writes its pid to stdout, the watchdog's pipe, before it becomes the server: there is never a
/// server that the watchdog does not know of.
pub(crate) const LAUNCH: &str = r#"
echo $$
exec "$@" >&2
"#;

/// Longer than [`WATCH`] takes in the worst case.
const ORPHAN_TIMEOUT: Duration = Duration::from_secs(40);
const RELEASE_TIMEOUT: Duration = Duration::from_secs(5);

/// Stops the server when the last write end of its pipe closes: on drop, or when the owner dies.
#[derive(Debug)]
pub(crate) struct Watchdog {
    pipe: PipeWriter,
    shell: Child,
}

impl Watchdog {
    /// The watchdog holds `lock` while it lives, so that the next start waits for it.
    pub(crate) fn spawn(os_user: &OsUser, cluster: &Path, lock: File) -> io::Result<Self> {
        let (reader, pipe) = pipe()?;
        let shell = os_user
            .shell(WATCH)
            .arg(cluster)
            .stdin(reader)
            .stdout(lock)
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { pipe, shell })
    }

    /// For the stdout of [`LAUNCH`].
    pub(crate) fn pipe(&self) -> io::Result<PipeWriter> {
        self.pipe.try_clone()
    }

    /// Ends the watchdog, once the server has exited.
    pub(crate) async fn release(self) {
        let Self { pipe, mut shell } = self;
        drop(pipe);
        let _ = timeout(RELEASE_TIMEOUT, shell.wait()).await;
    }
}

/// Ends the process with this pid if it is a server of this cluster.
pub(crate) async fn end_orphan(
    os_user: &OsUser,
    cluster: &Path,
    pid: u32,
) -> Result<(), StartError> {
    let (reader, mut writer) = pipe().map_err(|reason| StartError::program("/bin/sh", reason))?;
    let mut command = os_user.shell(WATCH);
    let shell = command
        .arg(cluster)
        .stdin(reader)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let ended = async {
        writeln!(writer, "{pid}")?;
        drop(writer);
        timeout(ORPHAN_TIMEOUT, shell).await?
    };
    match ended.await {
        Ok(status) if status.success() => Ok(()),
        Ok(_) | Err(_) => Err(StartError::Orphan {
            directory: cluster.to_owned(),
            pid,
        }),
    }
}

/// Runs a program to its end. If this process ends first, or the future is dropped, the program is
/// killed with all its children.
pub(crate) async fn run_guarded<I, A>(
    os_user: &OsUser,
    program: &Path,
    arguments: I,
) -> io::Result<Output>
where
    I: IntoIterator<Item = A>,
    A: AsRef<OsStr>,
{
    let (reader, mut owner) = pipe()?;
    let child = os_user
        .shell(GUARD)
        .arg(program)
        .args(arguments)
        .stdin(reader)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let output = child.wait_with_output().await?;
    let _ = owner.write_all(b"done\n");
    Ok(output)
}

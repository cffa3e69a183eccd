//! `postmaster.pid`: whether the server is ready, and how a stale file is made harmless.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::error::StartError;
use crate::os_user::OsUser;
use crate::paths::Paths;
use crate::watchdog;

/// Replaces the first line of each file with `$1`.
const CLAIM: &str = r#"
umask 077
pid=$1
shift
for file do
    [ -f "$file" ] || continue
    { echo "$pid"; tail -n +2 -- "$file"; } >"$file.claim" && mv -f -- "$file.claim" "$file" || exit 1
done
"#;

fn path(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

fn text(cluster: &Path) -> String {
    fs::read_to_string(path(cluster)).unwrap_or_default()
}

/// The pid in the file, which may belong to another process by now.
fn pid(text: &str) -> Option<u32> {
    text.lines().next()?.trim().parse().ok()
}

/// Whether the file says that the server (with this pid, if given) accepts connections. Reads the
/// file once, since a starting server replaces the file that it finds.
pub(crate) fn is_ready(cluster: &Path, server: Option<u32>) -> bool {
    let text = text(cluster);
    let status = text.lines().nth(7);
    let ready = status.is_some_and(|status| status.trim() == "ready");
    ready && server.is_none_or(|server| pid(&text) == Some(server))
}

/// Ends a server that outlived both its owner and its watchdog, then writes our own pid into the
/// files it left. PostgreSQL treats its parent's pid as stale, but trusts any other pid that exists,
/// even of an unrelated program. The files stay, because PostgreSQL still checks the shared memory
/// that they name.
pub(crate) async fn clear_stale(
    paths: &Paths,
    os_user: &OsUser,
    cluster: &Path,
) -> Result<(), StartError> {
    let own = std::process::id();
    if let Some(pid) = pid(&text(cluster)).filter(|pid| *pid != own) {
        watchdog::end_orphan(os_user, cluster, pid).await?;
    }
    let claimed = os_user
        .shell(CLAIM)
        .arg(own.to_string())
        .args([path(cluster), paths.socket_lock()])
        .stderr(Stdio::null())
        .status()
        .await
        .map_err(|reason| StartError::program("/bin/sh", reason))?;
    if claimed.success() {
        return Ok(());
    }
    let reason = std::io::Error::other("its stale postmaster.pid cannot be written");
    Err(StartError::data_directory(cluster, reason))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::is_ready;

    const LEFT_BY_EARLIER: &str = "1\n2\n3\n4\n5\n6\n7\nready\n";
    const STARTING: &str = "42\n2\n3\n4\n5\n6\n7\nstarting\n";

    #[test]
    fn a_starting_server_is_not_ready_because_of_the_file_that_an_earlier_one_left() {
        let cluster =
            std::env::temp_dir().join(format!("embedded-postgres-pid-{}", std::process::id()));
        fs::create_dir_all(&cluster).unwrap();
        let done = AtomicBool::new(false);
        let misled = thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    for text in [LEFT_BY_EARLIER, STARTING] {
                        fs::write(cluster.join("new"), text).unwrap();
                        fs::rename(cluster.join("new"), cluster.join("postmaster.pid")).unwrap();
                    }
                }
            });
            let misled = (0..20_000).any(|_| is_ready(&cluster, Some(42)));
            done.store(true, Ordering::Relaxed);
            misled
        });
        fs::remove_dir_all(&cluster).unwrap();
        assert!(!misled);
    }
}

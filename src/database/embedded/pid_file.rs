//! `postmaster.pid`: what it tells, and how a stale one is disarmed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::StartError;
use super::account::Account;
use super::layout::Layout;
use super::watchdog;

/// Writes `$1` over the first line of each further file.
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

/// The pid that the file names, whoever has it now.
fn pid(text: &str) -> Option<u32> {
    text.lines().next()?.trim().parse().ok()
}

/// Whether the file says that the server takes connections: this one, where a pid is given. Read
/// at once, since a server that starts puts its own file in the place of one that it found.
pub(super) fn is_ready(cluster: &Path, server: Option<u32>) -> bool {
    let text = text(cluster);
    let status = text.lines().nth(7);
    let ready = status.is_some_and(|status| status.trim() == "ready");
    ready && server.is_none_or(|server| pid(&text) == Some(server))
}

/// Ends a server that outlived both its owner and its watchdog, then writes our own pid into what
/// it left: PostgreSQL takes its parent's pid for stale, but believes any other that exists, be it
/// another program's. The files stay, since they name the shared memory that it still checks.
pub(super) async fn clear(
    layout: &Layout,
    account: &Account,
    cluster: &Path,
) -> Result<(), StartError> {
    let own = std::process::id();
    if let Some(pid) = pid(&text(cluster)).filter(|pid| *pid != own) {
        watchdog::end_orphan(account, cluster, pid).await?;
    }
    let claimed = account
        .shell(CLAIM)
        .arg(own.to_string())
        .args([path(cluster), layout.socket_lock()])
        .stderr(Stdio::null())
        .status()
        .await
        .map_err(|source| StartError::program("/bin/sh", source))?;
    if claimed.success() {
        return Ok(());
    }
    let source = std::io::Error::other("its stale postmaster.pid cannot be written");
    Err(StartError::folder(cluster, source))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::is_ready;

    const LEFT_BY_ANOTHER: &str = "1\n2\n3\n4\n5\n6\n7\nready\n";
    const STARTING: &str = "42\n2\n3\n4\n5\n6\n7\nstarting\n";

    #[test]
    fn a_server_that_starts_is_not_ready_for_what_the_one_before_it_left() {
        let cluster = std::env::temp_dir().join(format!("fairhold-pid-{}", std::process::id()));
        fs::create_dir_all(&cluster).unwrap();
        let over = AtomicBool::new(false);
        let misled = thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    for text in [LEFT_BY_ANOTHER, STARTING] {
                        fs::write(cluster.join("new"), text).unwrap();
                        fs::rename(cluster.join("new"), cluster.join("postmaster.pid")).unwrap();
                    }
                }
            });
            let misled = (0..20_000).any(|_| is_ready(&cluster, Some(42)));
            over.store(true, Ordering::Relaxed);
            misled
        });
        fs::remove_dir_all(&cluster).unwrap();
        assert!(!misled);
    }
}

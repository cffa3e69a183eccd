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

/// The pid that the file names, whoever has it now.
fn pid(cluster: &Path) -> Option<u32> {
    let text = fs::read_to_string(path(cluster)).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// Whether the file says that the server takes connections: this one, where a pid is given.
pub(super) fn is_ready(cluster: &Path, server: Option<u32>) -> bool {
    let text = fs::read_to_string(path(cluster)).unwrap_or_default();
    let ready = text
        .lines()
        .nth(7)
        .is_some_and(|status| status.trim() == "ready");
    ready && server.is_none_or(|server| pid(cluster) == Some(server))
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
    if let Some(pid) = pid(cluster).filter(|pid| *pid != own) {
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

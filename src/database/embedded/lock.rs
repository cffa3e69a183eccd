//! Single ownership of a data folder, by file locks that the system releases when the holder dies.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::StartError;
use super::layout::Layout;

/// Longer than a look by [`is_held_ready`] takes, so that a look never makes a start fail.
const OWNER_PATIENCE: Duration = Duration::from_millis(500);
/// Longer than the watchdog takes at worst.
const WATCHDOG_PATIENCE: Duration = Duration::from_secs(45);
const READY: &str = "ready";

/// Takes the folder for this process, for as long as the file stays open.
pub(super) async fn take(layout: &Layout) -> Result<File, StartError> {
    let path = layout.lock();
    let locked = lock_within(&path, OWNER_PATIENCE).await;
    let Some(mut file) = locked.map_err(|source| StartError::folder(layout.root(), source))? else {
        return Err(StartError::AlreadyRunning {
            folder: layout.root().to_owned(),
            owner: owner(&path),
        });
    };
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(|source| StartError::folder(layout.root(), source))?;
    Ok(file)
}

/// Waits until the watchdog of an earlier owner has done its work; the lock is for the next one.
pub(super) async fn wait_for_watchdog(layout: &Layout) -> Result<File, StartError> {
    lock_within(&layout.watchdog_lock(), WATCHDOG_PATIENCE)
        .await
        .map_err(|source| StartError::folder(layout.root(), source))?
        .ok_or_else(|| StartError::StillStopping {
            folder: layout.root().to_owned(),
        })
}

/// Notes in the owner's lock that its server is ready, database and all.
pub(super) fn mark_ready(mut lock: &File) -> io::Result<()> {
    writeln!(lock, "{READY}")
}

/// Whether a living process holds this lock and has marked it ready.
pub(super) fn is_held_ready(path: &Path) -> bool {
    let is_held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    File::open(path).is_ok_and(is_held)
        && fs::read_to_string(path).is_ok_and(|text| text.lines().nth(1) == Some(READY))
}

async fn lock_within(path: &Path, patience: Duration) -> io::Result<Option<File>> {
    // Who can open the file can lock it.
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() >= deadline => return Ok(None),
            Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(10)).await,
        }
    }
}

fn owner(path: &Path) -> String {
    let pid = fs::read_to_string(path).unwrap_or_default();
    match pid.lines().next().map(str::parse::<u32>) {
        Some(Ok(pid)) => format!(" (pid {pid})"),
        Some(Err(_)) | None => String::new(),
    }
}

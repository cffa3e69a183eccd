//! Single ownership of a data directory, by file locks that the system releases when the holder dies.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::StartError;
use crate::paths::Paths;

/// Longer than [`is_held_ready`] holds a lock, so that such a check never makes a start fail.
const OWNER_TIMEOUT: Duration = Duration::from_millis(500);
/// Longer than the watchdog takes in the worst case.
const WATCHDOG_TIMEOUT: Duration = Duration::from_secs(45);
const READY: &str = "ready";

/// Locks the data directory for this process, for as long as the file stays open.
pub(crate) async fn take(paths: &Paths) -> Result<File, StartError> {
    let path = paths.lock();
    let locked = lock_within(&path, OWNER_TIMEOUT).await;
    let Some(mut file) =
        locked.map_err(|reason| StartError::data_directory(paths.root(), reason))?
    else {
        return Err(StartError::AlreadyRunning {
            directory: paths.root().to_owned(),
            owner: owner(&path),
        });
    };
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(|reason| StartError::data_directory(paths.root(), reason))?;
    Ok(file)
}

/// Waits until the watchdog of the previous owner is done, and takes its lock for the next one.
pub(crate) async fn wait_for_watchdog(paths: &Paths) -> Result<File, StartError> {
    lock_within(&paths.watchdog_lock(), WATCHDOG_TIMEOUT)
        .await
        .map_err(|reason| StartError::data_directory(paths.root(), reason))?
        .ok_or_else(|| StartError::StillStopping {
            directory: paths.root().to_owned(),
        })
}

/// Notes in the owner's lock file that its server is ready and the database exists.
pub(crate) fn mark_ready(mut lock: &File) -> io::Result<()> {
    writeln!(lock, "{READY}")
}

/// Whether a living process holds this lock and has marked its server as ready.
pub(crate) fn is_held_ready(path: &Path) -> bool {
    let is_held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    File::open(path).is_ok_and(is_held)
        && fs::read_to_string(path).is_ok_and(|text| text.lines().nth(1) == Some(READY))
}

async fn lock_within(path: &Path, limit: Duration) -> io::Result<Option<File>> {
    // Whoever can open the file can lock it.
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    let deadline = Instant::now() + limit;
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

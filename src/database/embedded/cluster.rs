//! The data folder of PostgreSQL itself: whole, or not there.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

use super::account::Account;
use super::layout::Layout;
use super::programs::Programs;
use super::watchdog::run_guarded;
use super::{ROLE, StartError};

const INITDB_PATIENCE: Duration = Duration::from_mins(2);
const SCRATCH_PREFIX: &str = ".initdb-";

/// The major version of the newest cluster in the folder.
pub(super) fn existing_major(root: &Path) -> Option<u32> {
    let entries = fs::read_dir(root).ok()?.flatten();
    let majors = entries.filter_map(|entry| {
        let major = entry
            .file_name()
            .to_str()?
            .strip_prefix("data-")?
            .parse()
            .ok()?;
        Some(major)
    });
    majors.max()
}

/// The cluster of these programs, made where there is none: in a scratch folder that gets its name
/// only when it is whole and on disk.
pub(super) async fn provide(
    layout: &Layout,
    programs: &Programs,
    account: &Account,
) -> Result<PathBuf, StartError> {
    let cluster = layout.cluster(programs.major);
    remove_leftovers(layout.root());
    if cluster.exists() {
        return Ok(cluster);
    }
    tracing::info!(folder = %cluster.display(), "making PostgreSQL's data folder");
    let scratch = layout
        .root()
        .join(format!("{SCRATCH_PREFIX}{}", std::process::id()));
    DirBuilder::new()
        .mode(0o700)
        .create(&scratch)
        .and_then(|()| account.own(&scratch))
        .map_err(|source| StartError::folder(layout.root(), source))?;
    initdb(programs, account, &scratch).await?;
    fs::rename(&scratch, &cluster)
        .and_then(|()| File::open(layout.root())?.sync_all())
        .map_err(|source| StartError::folder(layout.root(), source))?;
    Ok(cluster)
}

/// What starts that were killed have left. One that can't be removed yet waits for the next start.
fn remove_leftovers(root: &Path) {
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        if entry
            .file_name()
            .as_encoded_bytes()
            .starts_with(SCRATCH_PREFIX.as_bytes())
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

async fn initdb(programs: &Programs, account: &Account, folder: &Path) -> Result<(), StartError> {
    let program = programs.initdb();
    let mut arguments: Vec<OsString> = vec!["-D".into(), folder.into()];
    arguments.extend(["-U", ROLE].map(OsString::from));
    // Locale C sorts by bytes, so that no update of the system's C library can spoil an index.
    arguments.extend(["-A", "trust", "-E", "UTF8", "--locale=C"].map(OsString::from));
    arguments.push("--data-checksums".into());
    let run = timeout(INITDB_PATIENCE, run_guarded(account, &program, arguments)).await;
    let failed = |output: String| StartError::Initdb {
        folder: folder.to_owned(),
        output,
    };
    let output = run
        .map_err(|_| failed(format!("no end within {} s", INITDB_PATIENCE.as_secs())))?
        .map_err(|source| StartError::program(program, source))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(
        String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    ))
}

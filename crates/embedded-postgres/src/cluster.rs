//! The database cluster (`PGDATA`), created by `initdb`: complete, or not there at all.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;

use crate::error::StartError;
use crate::os_user::OsUser;
use crate::paths::Paths;
use crate::programs::Programs;
use crate::watchdog::run_guarded;

const INITDB_TIMEOUT: Duration = Duration::from_mins(2);
const SCRATCH_PREFIX: &str = ".initdb-";
/// The permissions that PostgreSQL accepts on its data are 0700 and 0750.
const FORBIDDEN_MODE: u32 = 0o027;

/// The cluster for these programs. A new one is created under a scratch name, and gets its real
/// name only once it is complete and on disk.
pub(crate) async fn find_or_create(
    paths: &Paths,
    programs: &Programs,
    os_user: &OsUser,
) -> Result<PathBuf, StartError> {
    let cluster = paths.cluster(programs.major);
    remove_leftovers(paths.root());
    if cluster.exists() {
        check(&cluster, programs.major, os_user)?;
        return Ok(cluster);
    }
    tracing::info!(directory = %cluster.display(), "creating the database cluster");
    let scratch = paths
        .root()
        .join(format!("{SCRATCH_PREFIX}{}", std::process::id()));
    DirBuilder::new()
        .mode(0o700)
        .create(&scratch)
        .and_then(|()| os_user.chown(&scratch))
        .map_err(|reason| StartError::data_directory(paths.root(), reason))?;
    initdb(programs, os_user, &scratch, paths.name()).await?;
    fs::rename(&scratch, &cluster)
        .and_then(|()| File::open(paths.root())?.sync_all())
        .map_err(|reason| StartError::data_directory(paths.root(), reason))?;
    Ok(cluster)
}

/// Fails for what PostgreSQL would refuse as well, but with a message about the directory: data that
/// was restored by another user, or with other permissions, or from another version.
fn check(cluster: &Path, major: u32, os_user: &OsUser) -> Result<(), StartError> {
    let unusable = |reason: String| StartError::Cluster {
        directory: cluster.to_owned(),
        reason,
    };
    let found = fs::metadata(cluster).map_err(|error| unusable(error.to_string()))?;
    let path = cluster.display();
    if found.uid() != os_user.uid() {
        return Err(unusable(format!(
            "it belongs to the user with the id {}, and PostgreSQL runs as the user with the id {1}; \
             change its owner: `chown -R {1} {path}`",
            found.uid(),
            os_user.uid(),
        )));
    }
    if found.mode() & FORBIDDEN_MODE != 0 {
        return Err(unusable(format!(
            "its mode is {:04o}, which gives other users access; change it: `chmod 0700 {path}`",
            found.mode() & 0o7777
        )));
    }
    let version = fs::read_to_string(cluster.join("PG_VERSION"))
        .map_err(|error| unusable(format!("its file PG_VERSION can't be read: {error}")))?;
    if version.trim().parse() != Ok(major) {
        return Err(unusable(format!(
            "its data was written by PostgreSQL {}; rename it to data-{0}",
            version.trim()
        )));
    }
    Ok(())
}

/// Removes what starts that were killed left behind. What can't be removed yet stays until the next
/// start.
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

async fn initdb(
    programs: &Programs,
    os_user: &OsUser,
    directory: &Path,
    superuser: &str,
) -> Result<(), StartError> {
    let program = programs.initdb();
    let mut arguments: Vec<OsString> = vec!["-D".into(), directory.into()];
    arguments.extend(["-U", superuser].map(OsString::from));
    // Locale C sorts by bytes, so that no update of the system's C library can corrupt an index.
    arguments.extend(["-A", "trust", "-E", "UTF8", "--locale=C"].map(OsString::from));
    arguments.push("--data-checksums".into());
    let run = timeout(INITDB_TIMEOUT, run_guarded(os_user, &program, arguments)).await;
    let failed = |output: String| StartError::Initdb {
        directory: directory.to_owned(),
        output,
    };
    let output = run
        .map_err(|_| {
            failed(format!(
                "it did not end within {} s",
                INITDB_TIMEOUT.as_secs()
            ))
        })?
        .map_err(|reason| StartError::program(program, reason))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(
        String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    ))
}

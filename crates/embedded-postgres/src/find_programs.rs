//! Finds the programs for a data directory: configured, installed, or downloaded.

use std::io;
use std::path::{Path, PathBuf};

use crate::download;
use crate::error::StartError;
use crate::os_user::OsUser;
use crate::paths::Paths;
use crate::programs::{OLDEST_MAJOR, Programs};
use crate::search_paths::SearchPaths;

/// A cluster belongs to one major version of PostgreSQL.
const MOVE_DATA: &str =
    "also to move the data to another version: dump it, and restore it into a new data directory";

/// The programs for this data directory, downloaded if this machine has none.
pub(crate) async fn find_or_download(
    bin_dir: Option<&Path>,
    paths: &Paths,
    os_user: &OsUser,
) -> Result<Programs, StartError> {
    if let Some(found) = find(bin_dir, paths, os_user).await? {
        return Ok(found);
    }
    let cluster_major = paths.newest_cluster();
    download::download(&paths.downloads(), os_user, cluster_major)
        .await
        .map_err(|error| no_programs(paths, cluster_major, error.to_string()))
}

/// The programs for this data directory that this machine has.
pub(crate) async fn find(
    bin_dir: Option<&Path>,
    paths: &Paths,
    os_user: &OsUser,
) -> Result<Option<Programs>, StartError> {
    let cluster_major = paths.newest_cluster();
    if let Some(bin) = bin_dir {
        return in_bin_dir(bin, os_user, paths).await.map(Some);
    }
    let search = SearchPaths::of_this_machine(&paths.downloads()).await;
    Ok(first_that_can_run(&search.directories(), os_user, cluster_major).await)
}

async fn in_bin_dir(bin: &Path, os_user: &OsUser, paths: &Paths) -> Result<Programs, StartError> {
    let cluster_major = paths.newest_cluster();
    let unusable = |reason| StartError::BinDirectory {
        directory: bin.to_owned(),
        reason,
    };
    let real = bin
        .canonicalize()
        .map_err(|error| unusable(not_opened(&error)))?;
    let found = Programs::probe(&real, os_user).await.map_err(unusable)?;
    if found.can_run(cluster_major) {
        return Ok(found);
    }
    Err(unusable(match cluster_major {
        Some(major) => format!(
            "they are of version {}, and the data in {} was written by version {major}. Use \
             programs of that version, {MOVE_DATA}",
            found.major,
            paths.cluster(major).display()
        ),
        None => format!(
            "they are of version {}, older than {OLDEST_MAJOR}",
            found.major
        ),
    }))
}

fn not_opened(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such directory".to_owned(),
        _ => format!("it cannot be opened: {error}"),
    }
}

async fn first_that_can_run(
    directories: &[PathBuf],
    os_user: &OsUser,
    cluster_major: Option<u32>,
) -> Option<Programs> {
    for bin in directories {
        match Programs::probe(bin, os_user).await {
            Ok(found) if found.can_run(cluster_major) => return Some(found),
            Ok(found) => {
                tracing::debug!(bin = %bin.display(), found.major, "PostgreSQL of another version");
            }
            Err(reason) => {
                tracing::debug!(bin = %bin.display(), reason, "unusable server programs");
            }
        }
    }
    None
}

fn no_programs(paths: &Paths, cluster_major: Option<u32>, reason: String) -> StartError {
    let (missing, version) = match cluster_major {
        Some(major) => (
            format!(
                "the data in {} was written by PostgreSQL {major}, whose programs are not on this machine",
                paths.cluster(major).display()
            ),
            format!("{major} ({MOVE_DATA})"),
        ),
        None => (
            "PostgreSQL's server programs are not on this machine".to_owned(),
            format!("{OLDEST_MAJOR} or newer"),
        ),
    };
    StartError::NoPrograms {
        missing,
        reason,
        version,
        debian: cluster_major.map_or("postgresql".to_owned(), |major| {
            format!("postgresql-{major}")
        }),
        example: cluster_major.unwrap_or(download::MAJOR),
    }
}

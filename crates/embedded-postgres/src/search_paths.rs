//! The directories that are searched for PostgreSQL's server programs.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use crate::environment;

const PG_CONFIG_TIMEOUT: Duration = Duration::from_secs(5);

/// Directories with a version in their path: what precedes it, and what follows.
const VERSIONED: [(&str, &str); 9] = [
    ("/usr/lib/postgresql/", "bin"),
    ("/usr/pgsql-", "bin"),
    ("/usr/lib/postgresql", "bin"),
    ("/usr/libexec/postgresql", ""),
    ("/opt/homebrew/opt/postgresql@", "bin"),
    ("/usr/local/opt/postgresql@", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt/postgresql@", "bin"),
    ("/opt/local/lib/postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions/", "bin"),
];

const FIXED: [&str; 5] = [
    "/usr/bin",
    "/usr/local/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/bin",
    "/opt/local/bin",
];

/// Searched in the order of these fields.
#[derive(Debug, Default)]
pub(crate) struct SearchPaths {
    /// From the variable `PATH`.
    pub(crate) on_path: Vec<PathBuf>,
    /// From `pg_config --bindir`.
    pub(crate) pg_config: Option<PathBuf>,
    /// Prefix and suffix of paths with a version, searched from the newest.
    pub(crate) versioned: Vec<(String, &'static str)>,
    pub(crate) fixed: Vec<PathBuf>,
    /// Has a directory for each downloaded version.
    pub(crate) downloads: PathBuf,
}

impl SearchPaths {
    pub(crate) async fn of_this_machine(downloads: &Path) -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        Self {
            on_path: env::split_paths(&path).collect(),
            pg_config: pg_config().await,
            versioned: VERSIONED
                .map(|(prefix, suffix)| (prefix.to_owned(), suffix))
                .into(),
            fixed: FIXED.map(PathBuf::from).into(),
            downloads: downloads.to_owned(),
        }
    }

    /// Every directory with a file `postgres`, once, with links resolved: `PATH` often has a link to
    /// `postgres` without the other programs beside it.
    pub(crate) fn directories(&self) -> Vec<PathBuf> {
        let downloads = (format!("{}/", self.downloads.display()), "bin");
        let candidates = (self.on_path.iter().cloned())
            .chain(self.pg_config.clone())
            .chain(newest_first(&self.versioned))
            .chain(self.fixed.iter().cloned())
            .chain(newest_first(&[downloads]));
        let mut directories = Vec::new();
        for candidate in candidates {
            let program = candidate.join("postgres").canonicalize();
            if let Some(directory) = program
                .ok()
                .and_then(|path| Some(path.parent()?.to_owned()))
                && !directories.contains(&directory)
            {
                directories.push(directory);
            }
        }
        directories
    }
}

async fn pg_config() -> Option<PathBuf> {
    let mut command = process::Command::new("pg_config");
    environment::restrict(&mut command);
    let run = Command::from(command)
        .arg("--bindir")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(PG_CONFIG_TIMEOUT, run).await.ok()?.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(text.trim())).filter(|path| path.is_absolute())
}

fn newest_first(patterns: &[(String, &str)]) -> Vec<PathBuf> {
    let mut found: Vec<_> = patterns
        .iter()
        .flat_map(|(prefix, suffix)| expand(prefix, suffix))
        .collect();
    found.sort_by(|(left, _), (right, _)| right.cmp(left));
    found.into_iter().map(|(_, directory)| directory).collect()
}

/// The existing directories of a pattern, each with its version to sort by.
fn expand(prefix: &str, suffix: &str) -> Vec<(Vec<u32>, PathBuf)> {
    let (parent, start) = prefix.rsplit_once('/').unwrap_or(("", prefix));
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let found = entries.filter_map(|entry| {
        let name = entry.file_name();
        let version = version(name.to_str()?.strip_prefix(start)?)?;
        Some((version, entry.path().join(suffix)))
    });
    found.collect()
}

fn version(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::os::unix::fs::symlink;

    use super::SearchPaths;

    #[test]
    fn the_newest_version_comes_first_and_a_linked_directory_is_listed_once() {
        let root =
            std::env::temp_dir().join(format!("embedded-postgres-search-{}", std::process::id()));
        let home = |major: u32| root.join(format!("lib/{major}/bin"));
        for major in [9, 16, 15] {
            fs::create_dir_all(home(major)).unwrap();
            File::create(home(major).join("postgres")).unwrap();
        }
        fs::create_dir_all(root.join("links")).unwrap();
        symlink(home(15).join("postgres"), root.join("links/postgres")).unwrap();
        let search = SearchPaths {
            on_path: vec![root.join("links"), root.join("absent")],
            versioned: vec![(format!("{}/lib/", root.display()), "bin")],
            ..SearchPaths::default()
        };
        let directories = search.directories();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(directories, [home(15), home(16), home(9)]);
    }
}

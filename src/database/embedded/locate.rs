//! Where PostgreSQL's server programs may be on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(5);

/// Folders that carry a version in their name: what stands before it, and what after.
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

/// The places that are searched, in this order.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// What PATH leads to.
    pub(super) on_path: Vec<PathBuf>,
    /// What `pg_config --bindir` says.
    pub(super) configured: Option<PathBuf>,
    /// Prefix and suffix of folders that carry a version, searched from the newest.
    pub(super) versioned: Vec<(String, &'static str)>,
    /// Other usual folders.
    pub(super) fixed: Vec<PathBuf>,
    /// Where fetched programs are, a folder for each version.
    pub(super) fetched: PathBuf,
}

impl Places {
    pub(super) async fn of_this_machine(fetched: &Path) -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        Self {
            on_path: env::split_paths(&path).collect(),
            configured: configured().await,
            versioned: VERSIONED
                .map(|(prefix, suffix)| (prefix.to_owned(), suffix))
                .into(),
            fixed: FIXED.map(PathBuf::from).into(),
            fetched: fetched.to_owned(),
        }
    }

    /// Every folder that holds a file `postgres`, once, with links resolved: PATH often leads to a
    /// link whose neighbours are not the other programs.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let fetched = (format!("{}/", self.fetched.display()), "bin");
        let candidates = (self.on_path.iter().cloned())
            .chain(self.configured.clone())
            .chain(newest_first(&self.versioned))
            .chain(self.fixed.iter().cloned())
            .chain(newest_first(&[fetched]));
        let mut folders = Vec::new();
        for candidate in candidates {
            let program = candidate.join("postgres").canonicalize();
            if let Some(folder) = program
                .ok()
                .and_then(|path| Some(path.parent()?.to_owned()))
                && !folders.contains(&folder)
            {
                folders.push(folder);
            }
        }
        folders
    }
}

async fn configured() -> Option<PathBuf> {
    let run = Command::new("pg_config")
        .arg("--bindir")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = timeout(PATIENCE, run).await.ok()?.ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(text.trim())).filter(|path| path.is_absolute())
}

fn newest_first(patterns: &[(String, &str)]) -> Vec<PathBuf> {
    let mut found: Vec<_> = patterns
        .iter()
        .flat_map(|(prefix, suffix)| expand(prefix, suffix))
        .collect();
    found.sort_by(|(left, _), (right, _)| right.cmp(left));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// The folders that begin with the prefix and a version, each with its version to sort by.
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

    use super::Places;

    #[test]
    fn the_newest_version_comes_first_and_links_lead_home_once() {
        let root = std::env::temp_dir().join(format!("fairhold-places-{}", std::process::id()));
        let home = |major: u32| root.join(format!("lib/{major}/bin"));
        for major in [9, 16, 15] {
            fs::create_dir_all(home(major)).unwrap();
            File::create(home(major).join("postgres")).unwrap();
        }
        fs::create_dir_all(root.join("links")).unwrap();
        symlink(home(15).join("postgres"), root.join("links/postgres")).unwrap();
        let places = Places {
            on_path: vec![root.join("links"), root.join("absent")],
            versioned: vec![(format!("{}/lib/", root.display()), "bin")],
            ..Places::default()
        };
        let folders = places.folders();
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(folders, [home(15), home(16), home(9)]);
    }
}

//! Where PostgreSQL's server programs may be on this machine.

use std::env;
use std::ffi::OsString;
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
    pub(super) versioned: Vec<(PathBuf, &'static str)>,
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
            versioned: VERSIONED.map(|(prefix, suffix)| (prefix.into(), suffix)).into(),
            fixed: FIXED.map(PathBuf::from).into(),
            fetched: fetched.to_owned(),
        }
    }

    /// Every folder that holds a file `postgres`, once, with links resolved: PATH often leads to a
    /// link whose neighbours are not the other programs.
    pub(super) fn folders(&self) -> Vec<PathBuf> {
        let mut usual: Vec<_> =
            self.versioned.iter().flat_map(|(prefix, suffix)| expand(prefix, suffix)).collect();
        usual.sort_by(|(left, _), (right, _)| right.cmp(left));
        let mut fetched = expand(&self.fetched.join("."), "bin");
        fetched.sort_by(|(left, _), (right, _)| right.cmp(left));

        let mut folders = Vec::new();
        let candidates = (self.on_path.iter().cloned())
            .chain(self.configured.clone())
            .chain(usual.into_iter().map(|(_, folder)| folder))
            .chain(self.fixed.iter().cloned())
            .chain(fetched.into_iter().map(|(_, folder)| folder));
        for candidate in candidates {
            let program = candidate.join("postgres").canonicalize();
            if let Some(folder) = program.ok().and_then(|path| Some(path.parent()?.to_owned()))
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

/// The folders that begin with the prefix and a version, each with its version to sort by. A prefix
/// that ends with a dot stands for the folder itself.
fn expand(prefix: &Path, suffix: &str) -> Vec<(Vec<u32>, PathBuf)> {
    let text = prefix.to_string_lossy();
    let (parent, start) = text.rsplit_once('/').unwrap_or(("", &text));
    let start = start.trim_end_matches('.');
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let found = entries.filter_map(|entry| {
        let name: OsString = entry.file_name();
        let version = version(name.to_str()?.strip_prefix(start)?)?;
        Some((version, entry.path().join(suffix)))
    });
    found.collect()
}

fn version(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

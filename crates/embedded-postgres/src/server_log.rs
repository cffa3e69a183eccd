//! PostgreSQL's own log: the server rotates its files by size, and we remove the oldest.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

const MAX_FILES: usize = 5;
const INTERVAL: Duration = Duration::from_mins(1);

pub(crate) fn directory(cluster: &Path) -> PathBuf {
    cluster.join("log")
}

/// Settings for the server's command line.
pub(crate) const SETTINGS: [&str; 9] = [
    "logging_collector=on",
    "log_destination=stderr",
    "log_directory=log",
    "log_filename=postgresql-%Y%m%d-%H%M%S.log",
    "log_rotation_size=8MB",
    "log_rotation_age=1d",
    "log_file_mode=0600",
    "log_line_prefix=%m [%p] ",
    "log_timezone=UTC",
];

/// Removes all but the newest files, on a thread that ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Pruner {
    _alive: Sender<()>,
}

impl Pruner {
    pub(crate) fn start(cluster: &Path) -> Self {
        let (alive, owner) = mpsc::channel();
        let directory = directory(cluster);
        let prune_while_owned = move || loop {
            prune(&directory);
            if owner.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        };
        let builder = thread::Builder::new().name("log-pruner".to_owned());
        if let Err(error) = builder.spawn(prune_while_owned) {
            tracing::warn!(%error, "old log files of PostgreSQL will not be removed");
        }
        Self { _alive: alive }
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    files.sort();
    files
}

/// File names sort by time.
fn prune(directory: &Path) {
    let files = files(directory);
    for file in files.iter().take(files.len().saturating_sub(MAX_FILES)) {
        let _ = fs::remove_file(file);
    }
}

/// Where the log ended before a start of the server.
#[derive(Debug)]
pub(crate) struct LogEnd {
    newest: Option<PathBuf>,
    length: usize,
}

impl LogEnd {
    pub(crate) fn of(cluster: &Path) -> Self {
        let newest = files(&directory(cluster)).pop();
        let length = newest.as_deref().map_or(0, |file| read(file).len());
        Self { newest, length }
    }

    /// What was written since. A server opens a new file, but for two starts within a second.
    fn written_since(&self, cluster: &Path) -> String {
        let newest = files(&directory(cluster)).pop();
        let text = newest.as_deref().map(read).unwrap_or_default();
        let old = if newest == self.newest {
            self.length
        } else {
            0
        };
        text.get(old..).unwrap_or_default().to_owned()
    }
}

fn read(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned()
}

/// The last lines that the server wrote since a start, before and after it opened its log.
pub(crate) fn tail(start_log: &Path, cluster: &Path, start: &LogEnd) -> String {
    let text = read(start_log) + &start.written_since(cluster);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::{MAX_FILES, files, prune};

    #[test]
    fn pruning_keeps_the_newest_files() {
        let directory =
            std::env::temp_dir().join(format!("embedded-postgres-logs-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        for second in 10..20 {
            File::create(directory.join(format!("postgresql-20260101-0000{second}.log"))).unwrap();
        }
        prune(&directory);
        let kept = files(&directory);
        fs::remove_dir_all(&directory).unwrap();
        assert_eq!(kept.len(), MAX_FILES);
        assert!(kept[0].ends_with("postgresql-20260101-000015.log"));
    }
}

//! PostgreSQL's own log: it begins a new file by size, and we remove the oldest.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

const KEPT: usize = 5;
const INTERVAL: Duration = Duration::from_mins(1);

/// The folder of the log, and its settings: files of 8 MB at most.
pub(super) fn folder(cluster: &Path) -> PathBuf {
    cluster.join("log")
}

/// For the server's command line.
pub(super) const SETTINGS: [&str; 9] = [
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

/// Keeps the newest files only, from a thread that ends when this is dropped.
#[derive(Debug)]
pub(super) struct Pruner {
    _alive: Sender<()>,
}

impl Pruner {
    pub(super) fn start(cluster: &Path) -> Self {
        let (alive, owner) = mpsc::channel();
        let folder = folder(cluster);
        let prune_while_owned = move || loop {
            prune(&folder);
            if owner.recv_timeout(INTERVAL) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        };
        let builder = thread::Builder::new().name("log-pruner".to_owned());
        if let Err(error) = builder.spawn(prune_while_owned) {
            tracing::warn!(%error, "PostgreSQL's old log files are not removed");
        }
        Self { _alive: alive }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "log"))
        .collect();
    files.sort();
    files
}

/// Names sort by time.
fn prune(folder: &Path) {
    let files = files(folder);
    for file in files.iter().take(files.len().saturating_sub(KEPT)) {
        let _ = fs::remove_file(file);
    }
}

/// The last lines that the server wrote, before and after its log was open.
pub(super) fn tail(start_log: &Path, cluster: &Path) -> String {
    let newest = files(&folder(cluster)).pop();
    let texts = [Some(start_log.to_owned()), newest]
        .into_iter()
        .flatten()
        .map(|file| String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned());
    let text = texts.collect::<String>();
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::{KEPT, files, prune};

    #[test]
    fn pruning_keeps_the_newest_files() {
        let folder = std::env::temp_dir().join(format!("fairhold-logs-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for second in 10..20 {
            File::create(folder.join(format!("postgresql-20260101-0000{second}.log"))).unwrap();
        }
        prune(&folder);
        let kept = files(&folder);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(kept.len(), KEPT);
        assert!(kept[0].ends_with("postgresql-20260101-000015.log"));
    }
}

//! How a test process joins the run: it finds a keeper's folder, or makes one and starts a keeper.

use std::env;
use std::fs::{self, DirBuilder, File, Permissions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use sqlx::PgConnection;
use sqlx::postgres::PgConnectOptions;

use super::keeper;
use super::sql::connect;

/// Long enough to download PostgreSQL on a machine that has none.
const TIMEOUT: Duration = Duration::from_secs(330);
const INTERVAL: Duration = Duration::from_millis(10);
const CRATE: &str = env!("CARGO_MANIFEST_DIR");

/// Membership of this process in the test run.
pub(super) struct Run {
    folder: PathBuf,
    url: String,
    _membership: File,
}

impl Run {
    /// Joins on the first call. The membership ends with the process, however it ends.
    pub(super) fn joined() -> &'static Self {
        static RUN: OnceLock<Run> = OnceLock::new();
        RUN.get_or_init(|| Self::join().expect("the tests' server"))
    }

    /// One process at a time looks for a keeper, or each would start one.
    fn join() -> io::Result<Self> {
        let lock = File::open(Path::new(CRATE).join("Cargo.toml"))?;
        lock.lock()?;
        let deadline = Instant::now() + TIMEOUT;
        match Self::join_living(deadline)? {
            Some(run) => Ok(run),
            None => Self::join_new(deadline),
        }
    }

    /// A keeper that lives but can't be joined is about to exit, or is just looking for members.
    fn join_living(deadline: Instant) -> io::Result<Option<Self>> {
        loop {
            let folders = folders()?;
            if folders.is_empty() || Instant::now() > deadline {
                return Ok(None);
            }
            if let Some(run) = folders.into_iter().find_map(Self::of_keeper) {
                return Ok(Some(run));
            }
            thread::sleep(INTERVAL);
        }
    }

    fn join_new(deadline: Instant) -> io::Result<Self> {
        let folder = create_folder()?;
        let mut keeper = keeper::spawn(&folder)?;
        loop {
            if let Some(run) = Self::of_keeper(folder.clone()) {
                return Ok(run);
            }
            if keeper.try_wait()?.is_some() || Instant::now() > deadline {
                let log = fs::read_to_string(keeper::log(&folder)).unwrap_or_default();
                return Err(io::Error::other(log));
            }
            thread::sleep(INTERVAL);
        }
    }

    /// `None` if no keeper lives there, or it is about to exit.
    fn of_keeper(folder: PathBuf) -> Option<Self> {
        let url = fs::read_to_string(keeper::url(&folder)).ok()?;
        let membership = File::open(keeper::members(&folder)).ok()?;
        membership.try_lock_shared().ok()?;
        let stays = keeper::is_alive(&folder) && keeper::url(&folder).exists();
        stays.then_some(Self {
            folder,
            url,
            _membership: membership,
        })
    }

    pub(super) async fn connect(&self) -> PgConnection {
        connect(&self.options("postgres")).await
    }

    pub(super) fn options(&self, database: &str) -> PgConnectOptions {
        let options: PgConnectOptions = self.url.parse().expect("the keeper's URL");
        options.database(database)
    }

    pub(super) fn url(&self, database: &str) -> String {
        self.url.replacen("/fairhold?", &format!("/{database}?"), 1)
    }

    /// Leaves the dropping to the keeper, so that no test waits for it.
    pub(super) fn discard(&self, database: &str) {
        let _ = File::create(keeper::discarded(&self.folder).join(database));
    }
}

/// The start of the names of the folders of this workspace's keepers.
fn prefix() -> String {
    let mut hasher = DefaultHasher::new();
    CRATE.hash(&mut hasher);
    let user = rustix::process::geteuid().as_raw();
    format!("fairhold-tests-{user}-{:08x}-", hasher.finish() >> 32)
}

/// The folders of live keepers. Removes the folders of dead ones.
fn folders() -> io::Result<Vec<PathBuf>> {
    let prefix = prefix();
    let mut alive = Vec::new();
    for entry in fs::read_dir(env::temp_dir())?.flatten() {
        let named = entry
            .file_name()
            .to_str()
            .is_some_and(|name| name.starts_with(&prefix));
        let own = entry.metadata().is_ok_and(|found| {
            found.is_dir() && found.uid() == rustix::process::geteuid().as_raw()
        });
        if !(named && own) {
            continue;
        }
        if keeper::is_alive(&entry.path()) {
            alive.push(entry.path());
        } else {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    Ok(alive)
}

fn create_folder() -> io::Result<PathBuf> {
    let folder = env::temp_dir().join(format!("{}{}", prefix(), process::id()));
    DirBuilder::new().mode(0o700).create(&folder)?;
    if rustix::process::geteuid().is_root() {
        fs::set_permissions(&folder, Permissions::from_mode(0o711))?;
    }
    Ok(folder)
}

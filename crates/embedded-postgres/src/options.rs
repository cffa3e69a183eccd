//! What a caller chooses: the data directory, the programs, and the server's settings.

use std::env;
use std::path::PathBuf;

use crate::error::StartError;
use crate::find_programs;
use crate::lock;
use crate::os_user::OsUser;
use crate::paths::Paths;
use crate::postmaster_pid;

/// Where the server keeps its data, and how it runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// Holds everything that belongs to this server and survives between runs.
    pub data_dir: PathBuf,
    /// The directory of `postgres` and `initdb`. `None`: they are searched for on this machine, and
    /// downloaded if there are none.
    pub bin_dir: Option<PathBuf>,
    /// More of the server's settings, as in `postgresql.conf`. Those that keep commits durable and
    /// the socket private can't be overridden.
    pub settings: Vec<(String, String)>,
    pub(crate) name: String,
}

impl Options {
    /// Options for the application `name`, which also names the superuser and the database.
    ///
    /// # Panics
    /// When the name has anything but lower-case ASCII letters, digits and underscores, or begins
    /// with a digit.
    #[must_use]
    pub fn new(name: &str, data_dir: impl Into<PathBuf>) -> Self {
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(
            !name.is_empty() && name.chars().all(is_word) && !name.starts_with(char::is_numeric),
            "not a name for a role and a database: {name:?}"
        );
        Self {
            data_dir: data_dir.into(),
            bin_dir: None,
            settings: Vec::new(),
            name: name.to_owned(),
        }
    }

    /// The URL of this server, whether it is running or not. `psql` accepts it.
    ///
    /// # Errors
    /// When the path of the data directory can't be used.
    pub fn url(&self) -> Result<String, StartError> {
        Ok(self.paths()?.url(&self.name))
    }

    /// Whether a living process owns the data directory and its server accepts connections.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let Ok(paths) = self.paths() else {
            return false;
        };
        lock::is_held_ready(&paths.lock())
            && paths
                .newest_cluster()
                .is_some_and(|major| postmaster_pid::is_ready(&paths.cluster(major), None))
    }

    /// The directory of the server programs that a start would use, downloaded if there are none.
    /// Useful to run several servers and download once.
    ///
    /// # Errors
    /// When there are none and they can't be downloaded.
    pub async fn server_programs(&self) -> Result<PathBuf, StartError> {
        let paths = self.paths()?;
        let os_user = OsUser::choose()?;
        let bin_dir = self.bin_dir.as_deref();
        if let Some(found) = find_programs::find(bin_dir, &paths, &os_user).await? {
            return Ok(found.bin);
        }
        paths.create_root()?;
        let _ownership = lock::take(&paths).await?;
        paths.open_to(&os_user).await?;
        let programs = find_programs::find_or_download(bin_dir, &paths, &os_user).await?;
        Ok(programs.bin)
    }

    pub(crate) fn paths(&self) -> Result<Paths, StartError> {
        Paths::new(&self.data_dir, &self.name)
    }
}

/// The usual data directory of the application `name`: `/var/lib/<name>` for root, else `<name>`
/// below `$XDG_DATA_HOME` or `~/.local/share`.
#[must_use]
pub fn default_data_dir(name: &str) -> PathBuf {
    if rustix::process::geteuid().is_root() {
        return PathBuf::from("/var/lib").join(name);
    }
    let data_home = env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    data_home
        .or_else(|| env::home_dir().map(|home| home.join(".local/share")))
        .unwrap_or_else(env::temp_dir)
        .join(name)
}

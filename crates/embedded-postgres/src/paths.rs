//! The paths inside a data directory, and where the socket is when that path is too long for one.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf, absolute};

use sha2::{Digest, Sha256};

use crate::error::StartError;
use crate::os_user::OsUser;

/// Only part of the socket's name: nothing listens on this TCP port.
pub(crate) const PORT: u16 = 5432;
/// The shortest limit that a system sets (macOS: 104 bytes with the final zero).
const SOCKET_PATH_LIMIT: usize = 103;

#[derive(Debug, Clone)]
pub(crate) struct Paths {
    name: String,
    root: PathBuf,
    socket_dir: PathBuf,
}

impl Paths {
    pub(crate) fn new(data_dir: &Path, name: &str) -> Result<Self, StartError> {
        let unusable = |reason| StartError::data_directory(data_dir, reason);
        let root = real_path(data_dir).map_err(unusable)?;
        if root.to_str().is_none_or(|path| path.contains('\n')) {
            return Err(unusable(io::Error::other(
                "its path is not UTF-8 or contains a line break",
            )));
        }
        Ok(Self {
            name: name.to_owned(),
            socket_dir: socket_dir(&root, name),
            root,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    pub(crate) fn socket_lock(&self) -> PathBuf {
        self.socket_dir.join(format!(".s.PGSQL.{PORT}.lock"))
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join(format!("{}.lock", self.name))
    }

    pub(crate) fn watchdog_lock(&self) -> PathBuf {
        self.root.join("watchdog.lock")
    }

    /// The server's output before its own log is open.
    pub(crate) fn start_log(&self) -> PathBuf {
        self.root.join("start.log")
    }

    /// Downloaded programs, in a directory for each version.
    pub(crate) fn downloads(&self) -> PathBuf {
        self.root.join("postgresql")
    }

    pub(crate) fn cluster(&self, major: u32) -> PathBuf {
        self.root.join(format!("data-{major}"))
    }

    /// The major version of the newest cluster.
    pub(crate) fn newest_cluster(&self) -> Option<u32> {
        let entries = fs::read_dir(&self.root).ok()?.flatten();
        let majors = entries.filter_map(|entry| {
            let name = entry.file_name();
            name.to_str()?.strip_prefix("data-")?.parse().ok()
        });
        majors.max()
    }

    pub(crate) fn url(&self, name: &str) -> String {
        let host = percent_encoded(&self.socket_dir.to_string_lossy());
        format!("postgresql://{name}@localhost/{name}?host={host}&port={PORT}")
    }

    pub(crate) fn create_root(&self) -> Result<(), StartError> {
        if self.root.is_dir() {
            return Ok(());
        }
        if self.root.exists() {
            let reason = io::Error::other("it is not a directory");
            return Err(StartError::data_directory(&self.root, reason));
        }
        let mode = if rustix::process::geteuid().is_root() {
            0o755
        } else {
            0o700
        };
        fs::create_dir_all(&self.root)
            .and_then(|()| fs::set_permissions(&self.root, Permissions::from_mode(mode)))
            .map_err(|reason| StartError::data_directory(&self.root, reason))
    }

    /// Makes sure that the user can reach the data directory, and has a private one for its socket.
    pub(crate) async fn open_to(&self, os_user: &OsUser) -> Result<(), StartError> {
        if let OsUser::Other { name, .. } = os_user {
            let reach = os_user
                .shell(r#"cd -- "$1""#)
                .arg(&self.root)
                .output()
                .await;
            if !reach.is_ok_and(|output| output.status.success()) {
                return Err(StartError::Unreachable {
                    directory: self.root.clone(),
                    user: name.clone(),
                });
            }
        }
        make_private(&self.socket_dir, os_user).map_err(|error| StartError::SocketDirectory {
            directory: self.socket_dir.clone(),
            reason: error.to_string(),
        })
    }
}

/// Resolves links, so that one directory has one socket however its path is written.
fn real_path(path: &Path) -> io::Result<PathBuf> {
    let path = absolute(path)?;
    for ancestor in path.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            let rest = path.strip_prefix(ancestor).unwrap_or(Path::new(""));
            return Ok(real.join(rest).components().collect());
        }
    }
    Ok(path)
}

fn socket_dir(root: &Path, name: &str) -> PathBuf {
    let fits = |directory: &Path| {
        directory.join(format!(".s.PGSQL.{PORT}")).as_os_str().len() <= SOCKET_PATH_LIMIT
    };
    let inside = root.join("run");
    if fits(&inside) {
        return inside;
    }
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let unique = digest[..8]
        .iter()
        .fold(format!("{name}-"), |mut unique, byte| {
            let _ = write!(unique, "{byte:02x}");
            unique
        });
    let below_temp = env::temp_dir().join(&unique);
    if fits(&below_temp) {
        below_temp
    } else {
        Path::new("/tmp").join(unique)
    }
}

/// Creates the directory, or reuses one that is ours alone: anybody can create names below the
/// temporary directory, and the owner of the socket's directory could read every password and row.
fn make_private(directory: &Path, os_user: &OsUser) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let found = fs::symlink_metadata(directory)?;
    let trusted = [os_user.uid(), rustix::process::geteuid().as_raw()];
    if !found.is_dir() || !trusted.contains(&found.uid()) {
        return Err(io::Error::other("it belongs to another user"));
    }
    if found.mode() & 0o077 != 0 {
        return Err(io::Error::other("other users have access to it"));
    }
    os_user.chown(directory)
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

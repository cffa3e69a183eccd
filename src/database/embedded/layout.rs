//! What lies where in the data folder, and where the socket is when that path is too long for one.

use std::env;
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf, absolute};

use sha2::{Digest, Sha256};

use super::StartError;
use super::account::Account;

/// Names the socket; nothing listens on it as a TCP port.
pub(super) const PORT: u16 = 5432;
/// The shortest limit that a system sets (macOS: 104 bytes with the final zero).
const SOCKET_PATH_LIMIT: usize = 103;

/// The paths of one data folder.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    root: PathBuf,
    socket_folder: PathBuf,
}

impl Layout {
    pub(super) fn of(data_dir: &Path) -> Result<Self, StartError> {
        let root = real_path(data_dir).map_err(|source| StartError::folder(data_dir, source))?;
        if root.to_str().is_none_or(|path| path.contains('\n')) {
            let source = io::Error::other("its path is not plain text");
            return Err(StartError::folder(data_dir, source));
        }
        let socket_folder = socket_folder(&root, &env::temp_dir());
        Ok(Self {
            root,
            socket_folder,
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn socket_folder(&self) -> &Path {
        &self.socket_folder
    }

    pub(super) fn socket_lock(&self) -> PathBuf {
        self.socket_folder.join(format!(".s.PGSQL.{PORT}.lock"))
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.root.join("fairhold.lock")
    }

    pub(super) fn watchdog_lock(&self) -> PathBuf {
        self.root.join("watchdog.lock")
    }

    /// What PostgreSQL says before its own log is open.
    pub(super) fn start_log(&self) -> PathBuf {
        self.root.join("start.log")
    }

    /// Programs that were fetched, a folder for each version.
    pub(super) fn fetched(&self) -> PathBuf {
        self.root.join("postgresql")
    }

    pub(super) fn cluster(&self, major: u32) -> PathBuf {
        self.root.join(format!("data-{major}"))
    }

    pub(super) fn url(&self, role: &str, database: &str) -> String {
        let host = percent_encoded(&self.socket_folder.to_string_lossy());
        format!("postgresql://{role}@localhost/{database}?host={host}&port={PORT}")
    }

    pub(super) fn create_root(&self) -> Result<(), StartError> {
        if self.root.is_dir() {
            return Ok(());
        }
        if self.root.exists() {
            let reason = io::Error::other("it is not a folder");
            return Err(StartError::folder(&self.root, reason));
        }
        let mode = if rustix::process::geteuid().is_root() {
            0o755
        } else {
            0o700
        };
        fs::create_dir_all(&self.root)
            .and_then(|()| fs::set_permissions(&self.root, Permissions::from_mode(mode)))
            .map_err(|source| StartError::folder(&self.root, source))
    }

    /// Makes sure that the account reaches the data folder, and has a private one for its socket.
    pub(super) async fn open_to(&self, account: &Account) -> Result<(), StartError> {
        if let Account::Other { name, .. } = account {
            let reach = account
                .shell(r#"cd -- "$1""#)
                .arg(&self.root)
                .output()
                .await;
            if !reach.is_ok_and(|output| output.status.success()) {
                return Err(StartError::Unreachable {
                    folder: self.root.clone(),
                    account: name.clone(),
                });
            }
        }
        make_private(&self.socket_folder, account).map_err(|error| StartError::SocketFolder {
            folder: self.socket_folder.clone(),
            reason: error.to_string(),
        })
    }
}

/// As the system names it, so that one folder has one socket however its path was written.
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

fn socket_folder(root: &Path, temp: &Path) -> PathBuf {
    let fits = |folder: &Path| {
        folder.join(format!(".s.PGSQL.{PORT}")).as_os_str().len() <= SOCKET_PATH_LIMIT
    };
    let beside = root.join("run");
    if fits(&beside) {
        return beside;
    }
    let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
    let name = digest[..8]
        .iter()
        .fold("fairhold-".to_owned(), |mut name, byte| {
            let _ = write!(name, "{byte:02x}");
            name
        });
    let below_temp = temp.join(&name);
    if fits(&below_temp) {
        below_temp
    } else {
        Path::new("/tmp").join(name)
    }
}

/// Makes the folder, or takes one that is ours alone: anybody can make names below the temporary
/// folder, and who owns the socket's folder can read every password and row.
fn make_private(folder: &Path, account: &Account) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let found = fs::symlink_metadata(folder)?;
    let trusted = [account.uid(), rustix::process::geteuid().as_raw()];
    if !found.is_dir() || !trusted.contains(&found.uid()) {
        return Err(io::Error::other("somebody else has made it"));
    }
    if found.mode() & 0o077 != 0 {
        return Err(io::Error::other("others can open it"));
    }
    account.own(folder)
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

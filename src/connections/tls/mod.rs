//! TLS, with a certificate that is reloaded whenever its files change.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::timeout_stream::TimeoutStream;
use crate::periodic::periodic;

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How often the files are checked for changes.
const RELOAD_INTERVAL: Duration = Duration::from_secs(1);

/// The first byte of a TLS client: the type of a handshake record (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;

/// The response to plain HTTP.
const PLAIN_RESPONSE: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\
    Content-Length: 24\r\nConnection: close\r\n\r\nThis port speaks HTTPS.\n";

/// The PEM files of the certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The certificate of this server, then its intermediate ones.
    pub certificate: PathBuf,
    /// The private key of the certificate.
    pub key: PathBuf,
}

/// Why TLS cannot be used. The settings are not shown: one may hold a key by mistake.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The certificate cannot be read.
    #[error(
        "--tls-certificate (FAIRHOLD_TLS_CERTIFICATE) is not a readable PEM file with certificates"
    )]
    Certificate(#[source] pem::Error),
    /// The key cannot be read.
    #[error("--tls-key (FAIRHOLD_TLS_KEY) is not a readable PEM file with a private key")]
    Key(#[source] pem::Error),
    /// The certificate and the key do not match.
    #[error(
        "the certificate of --tls-certificate (FAIRHOLD_TLS_CERTIFICATE) and the key of --tls-key (FAIRHOLD_TLS_KEY) cannot be used together"
    )]
    Pair(#[from] rustls::Error),
}

/// Identifies the content of a file without reading it: inode, size and change time.
type Stamp = Option<(u64, u64, i64, i64)>;

impl Identity {
    fn read(&self) -> Result<Arc<ServerConfig>, TlsError> {
        let certificates = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(TlsError::Certificate)?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(TlsError::Key)?;
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(certificates, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    fn stamps(&self) -> [Stamp; 2] {
        let stamp = |path: &Path| {
            let file = fs::metadata(path).ok()?;
            Some((file.ino(), file.size(), file.ctime(), file.ctime_nsec()))
        };
        [stamp(&self.certificate), stamp(&self.key)]
    }
}

/// The certificate that clients see: that of the files when they were last usable.
#[derive(Debug, Clone)]
pub struct Tls {
    identity: Identity,
    stamps: [Stamp; 2],
    config: watch::Sender<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// When they cannot be used.
    pub fn open(identity: Identity) -> Result<Self, TlsError> {
        // Taken before: a change during the read is then read again.
        let stamps = identity.stamps();
        let config = watch::Sender::new(identity.read()?);
        Ok(Self {
            identity,
            stamps,
            config,
        })
    }

    /// The configuration for new connections.
    pub(super) fn config(&self) -> Arc<ServerConfig> {
        self.config.borrow().clone()
    }

    /// Reloads the files whenever they change, until `stop` is cancelled. Unusable files are logged,
    /// and the certificate before them stays.
    pub async fn reload(self, stop: CancellationToken) {
        let known = Mutex::new(self.stamps);
        let checking = || async {
            let identity = self.identity.clone();
            let before = *known.lock().unwrap_or_else(PoisonError::into_inner);
            let checked = spawn_blocking(move || {
                let stamps = identity.stamps();
                (stamps != before).then(|| (stamps, identity.read()))
            });
            match checked.await {
                Ok(Some((stamps, read))) => {
                    *known.lock().unwrap_or_else(PoisonError::into_inner) = stamps;
                    self.replace(read);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "checking the TLS certificate for changes failed");
                }
            }
            RELOAD_INTERVAL
        };
        periodic(&stop, checking).await;
    }

    fn replace(&self, read: Result<Arc<ServerConfig>, TlsError>) {
        match read {
            Ok(config) => {
                self.config.send_replace(config);
                tracing::info!("reloaded the TLS certificate");
            }
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, "cannot use the changed TLS certificate: keeping the previous one");
            }
        }
    }
}

/// Performs the handshake; `None` if it failed.
pub(super) async fn accept(
    client: TimeoutStream<TcpStream>,
    config: Arc<ServerConfig>,
) -> Option<TlsStream<TimeoutStream<TcpStream>>> {
    let accepting = async {
        if client.first_byte().await? == HANDSHAKE {
            return TlsAcceptor::from(config).accept(client).await;
        }
        reject_plain(client).await?;
        Err(io::Error::other("the client does not speak TLS"))
    };
    let accepted = timeout(HANDSHAKE_TIMEOUT, accepting).await;
    accepted
        .unwrap_or_else(|_elapsed| Err(io::ErrorKind::TimedOut.into()))
        .inspect_err(|error| tracing::debug!(%error, "TLS handshake failed"))
        .ok()
}

async fn reject_plain(mut client: TimeoutStream<TcpStream>) -> io::Result<()> {
    client.write_all(PLAIN_RESPONSE).await?;
    client.shutdown().await
}

#[cfg(test)]
mod tests;

//! TLS: who we are to clients, from files that may be replaced while we serve.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

use super::patient::Patient;

/// How long a client may take until both sides have agreed on a key.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);

/// How often the files are looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// What a TLS client begins with: the type of a handshake record (RFC 8446, section 5.1).
const HANDSHAKE: u8 = 22;

/// For who speaks plain HTTP where TLS is spoken.
const PLAIN_REFUSED: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\
    Content-Length: 24\r\nConnection: close\r\n\r\nThis port speaks HTTPS.\n";

/// Where the certificate and its key are, as PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The certificate of this server, then those that lead to one that clients know.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Why nobody can be served by TLS. The settings are not shown: one may hold a key by mistake.
#[derive(Debug, Error)]
pub enum TlsError {
    /// There is no certificate to be read.
    #[error("--tls-certificate (FAIRHOLD_TLS_CERTIFICATE) names no PEM file of certificates")]
    Certificate(#[source] pem::Error),
    /// There is no key to be read.
    #[error("--tls-key (FAIRHOLD_TLS_KEY) names no PEM file with a private key")]
    Key(#[source] pem::Error),
    /// They can't be used together.
    #[error(
        "the certificate of --tls-certificate (FAIRHOLD_TLS_CERTIFICATE) and the key of --tls-key (FAIRHOLD_TLS_KEY) can't be used together"
    )]
    Pair(#[from] rustls::Error),
}

/// Tells one content of a file from another, without reading it.
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

/// The identity that clients are shown: that of the files, as they were when they last made sense.
#[derive(Debug, Clone)]
pub struct Tls {
    identity: Identity,
    stamps: [Stamp; 2],
    shown: watch::Sender<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// When they can't be used.
    pub fn open(identity: Identity) -> Result<Self, TlsError> {
        // Taken before: what is written while we read is read again.
        let stamps = identity.stamps();
        let shown = watch::Sender::new(identity.read()?);
        Ok(Self {
            identity,
            stamps,
            shown,
        })
    }

    /// What a client that comes now is shown.
    pub(super) fn shown(&self) -> Arc<ServerConfig> {
        self.shown.borrow().clone()
    }

    /// Reads the files again whenever they were changed, until `stop` is cancelled. What can't be
    /// used is logged, and what was shown before stays.
    pub async fn follow(self, stop: CancellationToken) {
        let mut known = self.stamps;
        while stop
            .run_until_cancelled(sleep(LOOK_INTERVAL))
            .await
            .is_some()
        {
            let identity = self.identity.clone();
            let looked = spawn_blocking(move || {
                let stamps = identity.stamps();
                (stamps != known).then(|| (stamps, identity.read()))
            });
            let Ok(Some((stamps, read))) = looked.await else {
                continue;
            };
            known = stamps;
            match read {
                Ok(config) => {
                    self.shown.send_replace(config);
                    tracing::info!("a new certificate is shown from now on");
                }
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::error!(%error, cause, "the certificate changed to what can't be used: the one before stays");
                }
            }
        }
    }
}

/// Agrees on a key with a client. `None`: it is over, and there is nobody to serve.
pub(super) async fn shake_hands(
    client: Patient<TcpStream>,
    shown: Arc<ServerConfig>,
) -> Option<TlsStream<Patient<TcpStream>>> {
    let shaking = async {
        if client.first_byte().await? == HANDSHAKE {
            return TlsAcceptor::from(shown).accept(client).await;
        }
        refuse_plain(client).await?;
        Err(io::Error::other("the client does not speak TLS"))
    };
    let shaken = timeout(HANDSHAKE_TIME, shaking).await;
    shaken
        .unwrap_or_else(|_elapsed| Err(io::ErrorKind::TimedOut.into()))
        .inspect_err(|error| tracing::debug!(%error, "a client did not come to an agreement"))
        .ok()
}

async fn refuse_plain(mut client: Patient<TcpStream>) -> io::Result<()> {
    client.write_all(PLAIN_REFUSED).await?;
    client.shutdown().await
}

#[cfg(test)]
mod tests;

//! Whom to take for Redis, where it is spoken to by TLS.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use redis::{Client, ConnectionAddr, IntoConnectionInfo, RedisResult, TlsCertificates};
use rustls::RootCertStore;
use rustls_native_certs::load_native_certs;

/// A client of the Redis of `url`. By TLS, it trusts whom the system trusts; where the system knows
/// nobody, as in a bare container, the usual authorities.
///
/// # Errors
/// When the URL is none of Redis's.
pub(super) fn client(url: &str) -> RedisResult<Client> {
    let place = url.into_connection_info()?;
    if !matches!(place.addr(), ConnectionAddr::TcpTls { .. }) {
        return Client::open(place);
    }
    // The features of another crate leave the choice to us; who comes second finds it made.
    let cryptography = rustls::crypto::ring::default_provider();
    cryptography.install_default().ok();
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: trusted_by_the_system(),
    };
    Client::build_with_tls(place, certificates)
}

/// The certificates that can be read, in PEM; `None` where there are none.
fn trusted_by_the_system() -> Option<Vec<u8>> {
    let found = load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate of the system can't be read");
    }
    let good = found
        .certs
        .into_iter()
        .filter(|one| RootCertStore::empty().add(one.clone()).is_ok());
    let texts = good.map(|one| {
        let text = STANDARD.encode(one);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    });
    let pem: String = texts.collect();
    (!pem.is_empty()).then(|| pem.into_bytes())
}

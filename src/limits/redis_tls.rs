//! TLS trust roots for the Redis connection.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use redis::{Client, ConnectionAddr, IntoConnectionInfo, RedisResult, TlsCertificates};
use rustls::RootCertStore;
use rustls_native_certs::load_native_certs;

/// A client for the Redis at `url`. Its TLS trusts the system's certificates or, where there are
/// none, as in a bare container, the public authorities that are compiled in.
///
/// # Errors
/// When the URL is not a Redis URL.
pub(super) fn client(url: &str) -> RedisResult<Client> {
    let info = url.into_connection_info()?;
    if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
        return Client::open(info);
    }
    // The redis crate picks no TLS provider by itself; installing it twice is a no-op.
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().ok();
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: system_roots(),
    };
    Client::build_with_tls(info, certificates)
}

/// The usable certificates of the system, as PEM; `None` where there are none.
fn system_roots() -> Option<Vec<u8>> {
    let found = load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "ignoring a system certificate that cannot be read");
    }
    let usable = found
        .certs
        .into_iter()
        .filter(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok());
    let texts = usable.map(|certificate| {
        let text = STANDARD.encode(certificate);
        format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")
    });
    let pem: String = texts.collect();
    (!pem.is_empty()).then(|| pem.into_bytes())
}

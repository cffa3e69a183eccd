//! TLS certificates, and the files that a server reads them from.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Client, ClientBuilder};

use crate::server::client_builder;

/// A self-signed certificate for this machine, and its key.
pub struct Certificate {
    pem: String,
    key: String,
}

impl Certificate {
    pub fn new() -> Self {
        Self::naming(&["localhost", "127.0.0.1"])
    }

    /// A certificate for other host names.
    pub fn naming(names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        Self {
            pem: cert.pem(),
            key: signing_key.serialize_pem(),
        }
    }

    /// A client that trusts only this certificate and `others`. Each of its requests opens a
    /// connection.
    pub fn client(&self, others: &[&Self]) -> Client {
        let client = self.builder(others).pool_max_idle_per_host(0);
        client.build().unwrap()
    }

    /// The builder of `client`.
    pub fn builder(&self, others: &[&Self]) -> ClientBuilder {
        let trusted = others.iter().copied().chain([self]);
        let trusted = trusted.map(|one| reqwest::Certificate::from_pem(one.pem.as_bytes()));
        let trusted: Vec<_> = trusted.map(Result::unwrap).collect();
        client_builder().tls_certs_only(trusted)
    }
}

/// The certificate and key files of a server. Removed when dropped.
pub struct CertificateFiles(PathBuf);

impl Drop for CertificateFiles {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

impl CertificateFiles {
    pub fn of(certificate: &Certificate) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fairhold-certificates-{}-{count}", std::process::id());
        let files = Self(env::temp_dir().join(name));
        fs::create_dir(&files.0).unwrap();
        files.replace_by(certificate);
        files
    }

    /// Replaces each file atomically, though not both at once.
    pub fn replace_by(&self, certificate: &Certificate) {
        for (name, text) in [("certificate", &certificate.pem), ("key", &certificate.key)] {
            let new = self.0.join("new");
            fs::write(&new, text).unwrap();
            fs::rename(new, self.0.join(name)).unwrap();
        }
    }

    /// Where the `certificate` is, or the `key`.
    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    pub fn flags(&self) -> [String; 2] {
        [
            format!("--tls-certificate={}", self.path("certificate")),
            format!("--tls-key={}", self.path("key")),
        ]
    }
}

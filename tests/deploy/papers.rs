//! Certificates, and the files that a server has them from.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use reqwest::{Certificate, Client, ClientBuilder};

/// A certificate for this machine, which is its own authority, and its key.
pub(crate) struct Paper {
    certificate: String,
    key: String,
}

impl Paper {
    pub(crate) fn new() -> Self {
        Self::naming(&["localhost", "127.0.0.1"])
    }

    /// The same for other machines.
    pub(crate) fn naming(names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(|&name| name.to_owned()).collect();
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        Self {
            certificate: cert.pem(),
            key: signing_key.serialize_pem(),
        }
    }

    /// A client that takes nobody but who shows this, or one of `others`. Each of its requests is
    /// a new connection.
    pub(crate) fn client(&self, others: &[&Self]) -> Client {
        let client = self.builder(others).pool_max_idle_per_host(0);
        client.build().unwrap()
    }

    /// The same, unfinished.
    pub(crate) fn builder(&self, others: &[&Self]) -> ClientBuilder {
        let provider = rustls::crypto::ring::default_provider();
        provider.install_default().ok();
        let trusted = others.iter().copied().chain([self]);
        let trusted = trusted.map(|paper| Certificate::from_pem(paper.certificate.as_bytes()));
        let trusted: Vec<_> = trusted.map(Result::unwrap).collect();
        Client::builder().no_proxy().tls_certs_only(trusted)
    }
}

/// The files of a server. Removed when dropped.
pub(crate) struct Files(PathBuf);

impl Drop for Files {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

impl Files {
    pub(crate) fn of(paper: &Paper) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("fairhold-papers-{}-{count}", std::process::id());
        let files = Self(env::temp_dir().join(name));
        fs::create_dir(&files.0).unwrap();
        files.replace_by(paper);
        files
    }

    /// As careful people do it: each file is there as a whole, though not both at once.
    pub(crate) fn replace_by(&self, paper: &Paper) {
        for (name, text) in [("certificate", &paper.certificate), ("key", &paper.key)] {
            let new = self.0.join("new");
            fs::write(&new, text).unwrap();
            fs::rename(new, self.0.join(name)).unwrap();
        }
    }

    /// Where the `certificate` is, or the `key`.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// The flags that name them.
    pub(crate) fn flags(&self) -> [String; 2] {
        [
            format!("--tls-certificate={}", self.path("certificate")),
            format!("--tls-key={}", self.path("key")),
        ]
    }
}

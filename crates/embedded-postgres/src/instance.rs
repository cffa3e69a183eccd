//! Everything needed to start the server of one data directory, as often as need be.

use std::path::PathBuf;

use crate::cluster;
use crate::error::StartError;
use crate::find_programs;
use crate::options::Options;
use crate::os_user::OsUser;
use crate::paths::Paths;
use crate::programs::Programs;

#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) paths: Paths,
    pub(crate) programs: Programs,
    pub(crate) os_user: OsUser,
    pub(crate) cluster: PathBuf,
    pub(crate) settings: Vec<(String, String)>,
}

impl Instance {
    /// Finds the programs and creates the cluster. The caller holds the locks of `paths`.
    pub(crate) async fn prepare(options: &Options, paths: Paths) -> Result<Self, StartError> {
        let os_user = OsUser::choose()?;
        paths.open_to(&os_user).await?;
        let bin_dir = options.bin_dir.as_deref();
        let programs = find_programs::find_or_download(bin_dir, &paths, &os_user).await?;
        let cluster = cluster::find_or_create(&paths, &programs, &os_user).await?;
        let mut settings = options.settings.clone();
        settings.push(("cluster_name".to_owned(), options.name.clone()));
        Ok(Self {
            paths,
            programs,
            os_user,
            cluster,
            settings,
        })
    }
}

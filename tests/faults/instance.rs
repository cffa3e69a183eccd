//! A Fairhold with the embedded PostgreSQL, in a folder of the test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use fairhold::database::embedded;
use sqlx::postgres::PgPoolOptions;

use crate::books::Books;
use crate::process::{self, Fairhold};
use crate::shop::Shop;

/// Stopped and removed by [`Instance::stop`].
pub(crate) struct Instance {
    pub(crate) server: Fairhold,
    pub(crate) shop: Shop,
    pub(crate) books: Books,
    pub(crate) url: String,
    pub(crate) folder: PathBuf,
}

/// A path that no other test has.
pub(crate) fn path(name: &str) -> PathBuf {
    env::temp_dir().join(format!("fairhold-{}-{name}", std::process::id()))
}

impl Instance {
    /// Starts in `folder`.
    pub(crate) async fn start(folder: &Path) -> Self {
        let installed = env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from);
        let shared = embedded::options(None, installed);
        let programs = shared.server_programs().await.unwrap();
        let options = embedded::options(Some(folder.to_owned()), Some(programs.clone()));
        let server = Fairhold::start_in(folder, &programs, &[]).await;
        let url = options.url().unwrap();
        let books = PgPoolOptions::new().max_connections(2).connect_lazy(&url);
        Self {
            shop: Shop::at(server.address()),
            books: Books(books.unwrap()),
            server,
            url,
            folder: folder.to_owned(),
        }
    }

    /// Audits the database, stops the server and removes the data.
    pub(crate) async fn stop(mut self) {
        let report = process::audit(&self.url).await;
        assert!(report.status.success(), "{report:?}");
        self.books.0.close().await;
        self.server.terminate();
        assert_eq!(self.server.ended().await.code(), Some(0));
        let own = self.folder.join("fairhold.lock");
        assert!(own.exists(), "this is the data folder");
        for entry in fs::read_dir(&self.folder).unwrap().flatten() {
            let path = entry.path();
            let removed = if path.is_dir() {
                fs::remove_dir_all(&path)
            } else {
                fs::remove_file(&path)
            };
            removed.unwrap();
        }
    }
}

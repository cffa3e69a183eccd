//! A Fairhold with the embedded PostgreSQL, in a folder of the test.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use fairhold_test_kit::{Fairhold, Shop, Tables, assert_sound, embedded_options};
use sqlx::postgres::PgPoolOptions;

/// Stopped and removed by [`Instance::stop`].
pub(crate) struct Instance {
    pub(crate) server: Fairhold,
    pub(crate) shop: Shop,
    pub(crate) books: Tables,
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
        let server = Fairhold::start_in(folder, &[]).await;
        let url = embedded_options(folder).await.url().unwrap();
        let books = PgPoolOptions::new().max_connections(2).connect_lazy(&url);
        Self {
            shop: Shop::at(server.address()),
            books: Tables(books.unwrap()),
            server,
            url,
            folder: folder.to_owned(),
        }
    }

    /// Audits the database, stops the server and removes the data.
    pub(crate) async fn stop(mut self) {
        assert_sound(&self.url).await;
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

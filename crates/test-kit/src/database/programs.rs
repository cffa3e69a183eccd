//! Where PostgreSQL's programs are.

use std::env;
use std::fs::File;
use std::path::PathBuf;

use tokio::sync::OnceCell;

use fairhold::database::embedded::{Settings, default_data_dir, server_programs};

/// The folder of PostgreSQL's server programs. Programs that have to be downloaded go where
/// `cargo run` finds them too, so that it is done once.
pub async fn postgres_programs() -> PathBuf {
    static PROGRAMS: OnceCell<PathBuf> = OnceCell::const_new();
    PROGRAMS.get_or_init(find).await.clone()
}

/// One process at a time, which may have to download them.
async fn find() -> PathBuf {
    let lock = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs"));
    let lock = lock.expect("a file to lock");
    lock.lock().expect("the lock");
    let settings = Settings {
        data_dir: default_data_dir(),
        postgres_bin_dir: env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from),
    };
    let programs = server_programs(&settings).await;
    programs.expect("PostgreSQL's programs")
}

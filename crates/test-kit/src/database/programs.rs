//! Where PostgreSQL's programs are.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};

use tokio::sync::OnceCell;

use fairhold_embedded_postgres::{Options, default_data_dir};

const NAME: &str = "fairhold";

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
    let mut options = Options::new(NAME, default_data_dir(NAME));
    options.bin_dir = env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from);
    let programs = options.server_programs().await;
    programs.expect("PostgreSQL's programs")
}

/// The embedded PostgreSQL in `data_dir`, as Fairhold runs it.
pub async fn embedded_options(data_dir: &Path) -> Options {
    let mut options = Options::new(NAME, data_dir);
    options.bin_dir = Some(postgres_programs().await);
    options
}

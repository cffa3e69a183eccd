//! The keeper: a process that owns the shared server for as long as any test process lives.
//!
//! It is the test binary, run again with one test, which `keeper!` defines. It outlives the process
//! that started it, so that all the binaries that `cargo test` runs in turn share the server.

use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fairhold_embedded_postgres::EmbeddedPostgres;
use sqlx::PgConnection;

use super::programs::embedded_options;
use super::sql::{connect, execute};

/// Passes the folder to the keeper.
const FOLDER: &str = "FAIRHOLD_TEST_KEEPER";
/// Bridges the gap between two test binaries of one run.
const LINGER: Duration = Duration::from_secs(3);
/// As Fairhold configures its embedded PostgreSQL, since plans and pauses depend on it.
const SETTINGS: [(&str, &str); 9] = [
    ("max_connections", "500"),
    ("shared_buffers", "128MB"),
    ("wal_buffers", "16MB"),
    ("max_wal_size", "1GB"),
    ("checkpoint_timeout", "10min"),
    ("autovacuum_naptime", "15s"),
    ("random_page_cost", "1.1"),
    ("jit", "off"),
    ("timezone", "UTC"),
];
const INTERVAL: Duration = Duration::from_millis(50);

/// The test that is the keeper. Every binary that uses a `TestDatabase` needs it in its root.
#[macro_export]
macro_rules! keeper {
    () => {
        /// Returns at once, except in the keeper process.
        #[tokio::test]
        async fn keeps_the_server() {
            $crate::keep_the_server().await;
        }
    };
}

/// Removes the folder if the keeper is killed, after its server's watchdog has stopped the server.
const JANITOR: &str = r#"
trap '' HUP INT TERM
read -r _
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.5
    ls "$1"/server/data-*/postmaster.pid >/dev/null 2>&1 || break
done
rm -rf -- "$1"
"#;

/// The keeper's stderr.
pub(super) fn log(folder: &Path) -> PathBuf {
    folder.join("keeper.log")
}

/// The server's URL, once it is ready.
pub(super) fn url(folder: &Path) -> PathBuf {
    folder.join("url")
}

/// Locked by every test process, shared.
pub(super) fn members(folder: &Path) -> PathBuf {
    folder.join("members.lock")
}

/// Has a file for each database that the keeper is to drop.
pub(super) fn discarded(folder: &Path) -> PathBuf {
    folder.join("discarded")
}

/// Locked by the keeper while it lives.
fn life(folder: &Path) -> PathBuf {
    folder.join("keeper.lock")
}

pub(super) fn is_alive(folder: &Path) -> bool {
    File::open(life(folder)).is_ok_and(|life| life.try_lock_shared().is_err())
}

/// Starts a keeper, which exits by itself.
pub(super) fn spawn(folder: &Path) -> io::Result<Child> {
    Command::new(env::current_exe()?)
        .args(["--exact", "keeps_the_server", "--nocapture"])
        .env(FOLDER, folder)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(log(folder))?)
        .spawn()
}

/// The keeper's whole life. Returns at once in any other process.
pub async fn keep_the_server() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let life = File::create(life(&folder)).expect("the keeper's lock");
    life.lock().expect("the keeper's lock");
    let mut janitor = janitor(&folder).expect("the janitor");
    let mut options = embedded_options(&folder.join("server")).await;
    options.settings = SETTINGS
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let server = EmbeddedPostgres::start(&options).await.expect("the server");
    let members = open_to_members(&folder, &server.url()).expect("the keeper's folder");
    let mut maintenance = connect(&server.connect_options().database("postgres")).await;
    until_unused(&folder, &members, &mut maintenance).await;
    drop(maintenance);
    server.stop().await.expect("the server stops");
    fs::remove_dir_all(&folder).expect("the folder goes");
    janitor
        .kill()
        .and_then(|()| janitor.wait())
        .expect("the janitor goes");
}

fn janitor(folder: &Path) -> io::Result<Child> {
    Command::new("/bin/sh")
        .args(["-c", JANITOR, "janitor"])
        .arg(folder)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn open_to_members(folder: &Path, server: &str) -> io::Result<File> {
    fs::create_dir(discarded(folder))?;
    let members = File::create(members(folder))?;
    let draft = folder.join("url.draft");
    fs::write(&draft, server)?;
    fs::rename(draft, url(folder))?;
    Ok(members)
}

/// Returns with the members' lock held, so that no process joins a keeper that is about to exit.
async fn until_unused(folder: &Path, members: &File, maintenance: &mut PgConnection) {
    let mut last_seen = Instant::now();
    loop {
        if members.try_lock().is_err() {
            last_seen = Instant::now();
        } else if last_seen.elapsed() > LINGER {
            return;
        } else {
            members.unlock().expect("the members' lock");
        }
        drop_discarded(folder, maintenance).await;
        tokio::time::sleep(INTERVAL).await;
    }
}

async fn drop_discarded(folder: &Path, maintenance: &mut PgConnection) {
    for entry in fs::read_dir(discarded(folder))
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().into_string().unwrap_or_default();
        execute(
            maintenance,
            format!("drop database if exists \"{name}\" with (force)"),
        )
        .await;
        let _ = fs::remove_file(entry.path());
    }
}

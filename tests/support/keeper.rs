//! The keeper: a process that owns the tests' server for as long as any test process lives.
//!
//! It is this test program, run again with one test: it outlives the process that started it, and
//! the programs that `cargo test` runs one after the other share it.

use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fairhold::database::embedded;
use fairhold_embedded_postgres::{EmbeddedPostgres, Options};
use sqlx::PgConnection;

use super::{connect, execute};

/// Names the folder to the keeper.
const FOLDER: &str = "FAIRHOLD_TEST_KEEPER";
/// For the gap between two test programs of one run.
const LINGER: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(50);

/// Removes the folder when the keeper was killed; its server's own watchdog needs a moment first.
const JANITOR: &str = r#"
trap '' HUP INT TERM
read -r _
for _ in 1 2 3 4 5 6 7 8 9 10; do
    sleep 0.5
    ls "$1"/server/data-*/postmaster.pid >/dev/null 2>&1 || break
done
rm -rf -- "$1"
"#;

/// What the keeper said when it failed.
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

/// Holds a file named after each database that is to be dropped.
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

/// Starts a keeper, which ends by itself.
pub(super) fn spawn(folder: &Path) -> io::Result<Child> {
    let module = module_path!()
        .split_once("::")
        .map_or("", |(_, module)| module);
    Command::new(env::current_exe()?)
        .args([
            "--exact",
            &format!("{module}::keeps_the_server"),
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(log(folder))?)
        .spawn()
}

/// Does nothing in the test run itself.
#[tokio::test]
async fn keeps_the_server() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let life = File::create(life(&folder)).expect("the keeper's lock");
    life.lock().expect("the keeper's lock");
    let mut janitor = janitor(&folder).expect("the janitor");
    let server = EmbeddedPostgres::start(&options(&folder).await)
        .await
        .expect("the server");
    let members = open_to_members(&folder, &server.url()).expect("the keeper's folder");
    let mut maintenance = connect(&server.connect_options().database("postgres")).await;
    until_nobody_is_left(&folder, &members, &mut maintenance).await;
    drop(maintenance);
    server.stop().await.expect("the server stops");
    fs::remove_dir_all(&folder).expect("the folder goes");
    janitor
        .kill()
        .and_then(|()| janitor.wait())
        .expect("the janitor goes");
}

/// Programs that have to be downloaded go where `cargo run` finds them too.
async fn options(folder: &Path) -> Options {
    let installed = env::var_os("FAIRHOLD_POSTGRES_BIN_DIR").map(PathBuf::from);
    let shared = embedded::options(None, installed);
    let programs = shared
        .server_programs()
        .await
        .expect("PostgreSQL's programs");
    embedded::options(Some(folder.join("server")), Some(programs))
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

/// Returns with the members' lock held, so that nobody joins a keeper that ends.
async fn until_nobody_is_left(folder: &Path, members: &File, maintenance: &mut PgConnection) {
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
        tokio::time::sleep(POLL).await;
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

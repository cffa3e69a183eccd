//! The commands of the real binary.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::service::client;
use crate::support::TestDatabase;

/// What a command of the binary did.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The binary, with nothing in its environment but the way to other programs.
pub(crate) fn fairhold(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairhold"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

pub(crate) async fn run(mut command: Command) -> Ended {
    let output = command.output().await.unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A command on this database.
pub(crate) async fn run_on(database: &TestDatabase, command: &str) -> Ended {
    let mut command = fairhold(&[command, "--listen=127.0.0.1:0"]);
    command.env("DATABASE_URL", database.url());
    run(command).await
}

#[expect(clippy::disallowed_methods, reason = "it changes the schema, not rows")]
async fn empty(database: &TestDatabase) {
    let pool = database.pool().await;
    sqlx::raw_sql("drop schema public cascade; create schema public")
        .execute(&pool)
        .await
        .unwrap();
}

#[tokio::test]
async fn migrate_brings_an_empty_database_up_to_date() {
    let database = TestDatabase::create().await;
    empty(&database).await;
    for _ in 0..2 {
        let migrated = run_on(&database, "migrate").await;
        assert_eq!(migrated.code, Some(0), "{migrated:?}");
        assert!(!migrated.out.is_empty());
    }
    let audited = run_on(&database, "audit").await;
    assert_eq!(audited.code, Some(0), "{audited:?}");
}

#[tokio::test]
async fn a_database_that_was_not_migrated_can_not_be_audited() {
    let database = TestDatabase::create().await;
    empty(&database).await;
    let audited = run_on(&database, "audit").await;
    assert_eq!(audited.code, Some(1), "{audited:?}");
    assert!(audited.err.contains("migrated"), "{audited:?}");
}

#[tokio::test]
async fn database_url_prints_the_url_and_nothing_else() {
    let database = TestDatabase::create().await;
    let printed = run_on(&database, "database-url").await;
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert_eq!(printed.out, format!("{}\n", database.url()));

    let name = format!("fairhold-none-{}", std::process::id());
    let folder = std::env::temp_dir().join(&name);
    let mut command = fairhold(&["database-url"]);
    command.env("FAIRHOLD_DATA_DIR", &folder);
    let printed = run(command).await;
    assert_eq!(printed.code, Some(0), "{printed:?}");
    assert!(printed.out.starts_with("postgres"), "{printed:?}");
    assert!(printed.out.contains(&name), "{printed:?}");
    assert!(printed.err.contains("no Fairhold runs"), "{printed:?}");
    assert!(!folder.exists(), "asking made a folder");
}

#[tokio::test]
async fn serve_tells_its_address_and_ends_when_it_is_told_to() {
    for (arguments, signal) in [
        (&["--listen=127.0.0.1:0"][..], Signal::TERM),
        (&["serve", "--listen=127.0.0.1:0"][..], Signal::INT),
    ] {
        let database = TestDatabase::create().await;
        let mut command = fairhold(arguments);
        command
            .env("DATABASE_URL", database.url())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = lines.next_line().await.unwrap().unwrap();
        let address = first
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        let ready = client().get(format!("{}/readyz", address.unwrap()));
        let answer = ready.send().await;
        assert_eq!(answer.unwrap().status(), 200);
        let second = lines.next_line().await.unwrap().unwrap();
        assert!(second.contains("/static/index.html"), "{second}");

        let pid = Pid::from_raw(process.id().unwrap().cast_signed()).unwrap();
        kill_process(pid, signal).unwrap();
        let ended = process.wait().await.unwrap();
        assert_eq!(ended.code(), Some(0), "after {signal:?}");
    }
}

#[tokio::test]
async fn a_database_that_can_not_be_reached_is_told_without_its_password() {
    let url = "postgres://user:hunter2@127.0.0.1:1/books";
    for task in ["serve", "migrate", "audit"] {
        let flags = ["--listen=127.0.0.1:0", "--request-timeout-ms=300"];
        let mut command = fairhold(&[&[task], &flags[..]].concat());
        command.env("DATABASE_URL", url);
        let ended = run(command).await;
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.err.contains("database"), "{ended:?}");
        assert!(!ended.err.contains("hunter2"), "{ended:?}");
        assert!(!ended.out.contains("hunter2"), "{ended:?}");
    }
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let database = TestDatabase::create().await;
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = fairhold(&["--listen", &address]);
    command.env("DATABASE_URL", database.url());
    let ended = run(command).await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for named in [address.as_str(), "FAIRHOLD_LISTEN"] {
        assert!(ended.err.contains(named), "{ended:?}");
    }
}

//! Crashes of the owner, the watchdog and the server, and how the next start recovers.

use std::fs;
use std::process::Command;

use sqlx::ConnectOptions;

use crate::data_dir::{DataDir, eventually, is_alive, rows, write_row};
use crate::owner::{Owner, kill};

/// `postmaster.pid` of a killed server; `{}` stands for its pid.
const STALE: &str = "{}\n/elsewhere\n1700000000\n5432\n/elsewhere\n\n\nready   \n";

#[tokio::test]
async fn the_server_stops_when_its_owner_is_killed() {
    let data_dir = DataDir::new("killed").await;
    let mut owner = Owner::ready(&data_dir).await;
    let server = data_dir.server_pid();
    owner.kill();
    eventually("the server has ended", async || !is_alive(server)).await;
    assert!(!data_dir.pid_file().exists(), "it was stopped cleanly");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_orphan_without_a_watchdog_is_stopped_and_replaced() {
    let data_dir = DataDir::new("orphan").await;
    let mut owner = Owner::ready(&data_dir).await;
    let orphan = data_dir.server_pid();
    write_row(&options(&data_dir)).await;
    kill(owner.watchdog());
    owner.kill();
    assert!(is_alive(orphan));

    let server = data_dir.start().await;
    assert!(!is_alive(orphan));
    assert_eq!(rows(&server.connect_options()).await, "42");
    server.stop().await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn rows_survive_when_everything_is_killed() {
    let data_dir = DataDir::new("everything").await;
    let mut owner = Owner::ready(&data_dir).await;
    write_row(&options(&data_dir)).await;
    kill(owner.watchdog());
    kill(data_dir.server_pid());
    owner.kill();

    let server = data_dir.start().await;
    assert_eq!(rows(&server.connect_options()).await, "42");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_that_names_another_program_is_stale() {
    let data_dir = DataDir::new("stale").await;
    let server = data_dir.start().await;
    write_row(&server.connect_options()).await;
    server.stop().await.unwrap();

    let mut unrelated = Command::new("sleep")
        .arg("600")
        .current_dir(data_dir.find("data-").unwrap())
        .spawn()
        .unwrap();
    let stale = STALE.replace("{}", &unrelated.id().to_string());
    fs::write(data_dir.pid_file(), &stale).unwrap();
    let socket_lock = data_dir.options.data_dir.join("run/.s.PGSQL.5432.lock");
    fs::write(socket_lock, &stale).unwrap();

    let started = data_dir.try_start().await;
    let survived = unrelated.try_wait().unwrap().is_none();
    unrelated.kill().unwrap();
    unrelated.wait().unwrap();
    let server = started.unwrap();
    assert!(survived);
    assert_eq!(rows(&server.connect_options()).await, "42");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_empty_pid_file_is_stale() {
    let data_dir = DataDir::new("empty").await;
    data_dir.start().await.stop().await.unwrap();
    fs::write(data_dir.pid_file(), "").unwrap();
    data_dir.start().await.stop().await.unwrap();
}

#[tokio::test]
async fn an_owner_killed_during_initdb_leaves_no_partial_cluster() {
    let data_dir = DataDir::new("initdb").await;
    let mut owner = Owner::begin(&data_dir);
    let initdb_runs = async || {
        data_dir
            .find(".initdb-")
            .is_some_and(|cluster| cluster.join("base").exists())
    };
    eventually("initdb has begun", initdb_runs).await;
    owner.kill();
    assert!(data_dir.find("data-").is_none());

    data_dir.start().await.stop().await.unwrap();
    assert!(data_dir.find(".initdb-").is_none());
}

#[tokio::test]
async fn a_start_can_be_dropped_at_any_moment() {
    let data_dir = DataDir::new("dropped").await;
    let initdb_runs = async || {
        data_dir
            .find(".initdb-")
            .is_some_and(|cluster| cluster.join("base").exists())
    };
    let complete = async || data_dir.find("data-").is_some();
    let launched = async || data_dir.find("start.log").is_some();
    tokio::select! {
        _ = data_dir.try_start() => panic!("it was not dropped"),
        () = eventually("initdb runs", initdb_runs) => {}
    }
    tokio::select! {
        _ = data_dir.try_start() => panic!("it was not dropped"),
        () = eventually("complete", complete) => {}
    }
    tokio::select! {
        _ = data_dir.try_start() => panic!("it was not dropped"),
        () = eventually("launched", launched) => {}
    }
    data_dir.start().await.stop().await.unwrap();
}

fn options(data_dir: &DataDir) -> sqlx::postgres::PgConnectOptions {
    let url = data_dir.options.url().unwrap();
    url.parse().unwrap()
}

#[tokio::test]
async fn a_server_that_dies_alone_is_restarted() {
    let data_dir = DataDir::new("alone").await;
    let mut server = data_dir.start().await;
    let options = server.connect_options();
    write_row(&options).await;
    let first = data_dir.server_pid();

    kill(first);
    let back = async {
        eventually("the restarted server accepts connections", async || {
            !is_alive(first) && options.connect().await.is_ok()
        })
        .await;
        rows(&options).await
    };
    let found = tokio::select! {
        found = back => found,
        never = server.keep_running() => match never {},
    };
    assert_eq!(found, "42");
    server.stop().await.unwrap();
}

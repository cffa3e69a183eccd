//! Ends that nobody wished for, and what the next start makes of them.

use std::fs;
use std::process::Command;

use fairhold_test_kit::eventually;
use sqlx::ConnectOptions;

use crate::owner::{Owner, kill};
use crate::place::{Place, is_alive, rows, write_row};

/// `postmaster.pid` as a server leaves it that was killed; `{}` stands for its pid.
const STALE: &str = "{}\n/elsewhere\n1700000000\n5432\n/elsewhere\n\n\nready   \n";

#[tokio::test]
async fn a_killed_owner_takes_its_server_along() {
    let place = Place::new("killed").await;
    let mut owner = Owner::ready(&place).await;
    let server = place.server_pid();
    owner.kill();
    eventually("the server has ended", async || !is_alive(server)).await;
    assert!(!place.pid_file().exists(), "it was stopped cleanly");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_orphan_without_a_watchdog_is_replaced() {
    let place = Place::new("orphan").await;
    let mut owner = Owner::ready(&place).await;
    let orphan = place.server_pid();
    write_row(&options(&place)).await;
    kill(owner.watchdog());
    owner.kill();
    assert!(is_alive(orphan));

    let server = place.start().await;
    assert!(!is_alive(orphan));
    assert_eq!(rows(&server.connect_options()).await, "42");
    server.stop().await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn rows_survive_when_everything_is_killed() {
    let place = Place::new("everything").await;
    let mut owner = Owner::ready(&place).await;
    write_row(&options(&place)).await;
    kill(owner.watchdog());
    kill(place.server_pid());
    owner.kill();

    let server = place.start().await;
    assert_eq!(rows(&server.connect_options()).await, "42");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_that_names_another_program_is_stale() {
    let place = Place::new("stale").await;
    let server = place.start().await;
    write_row(&server.connect_options()).await;
    server.stop().await.unwrap();

    let mut stranger = Command::new("sleep")
        .arg("600")
        .current_dir(place.find("data-").unwrap())
        .spawn()
        .unwrap();
    let stale = STALE.replace("{}", &stranger.id().to_string());
    fs::write(place.pid_file(), &stale).unwrap();
    let socket_lock = place.settings.data_dir.join("run/.s.PGSQL.5432.lock");
    fs::write(socket_lock, &stale).unwrap();

    let started = place.try_start().await;
    let unharmed = stranger.try_wait().unwrap().is_none();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    let server = started.unwrap();
    assert!(unharmed);
    assert_eq!(rows(&server.connect_options()).await, "42");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn an_empty_pid_file_is_stale() {
    let place = Place::new("empty").await;
    place.start().await.stop().await.unwrap();
    fs::write(place.pid_file(), "").unwrap();
    place.start().await.stop().await.unwrap();
}

#[tokio::test]
async fn an_owner_killed_while_it_makes_the_data_folder_leaves_no_half_of_one() {
    let place = Place::new("initdb").await;
    let mut owner = Owner::begin(&place);
    let half_made = async || {
        place
            .find(".initdb-")
            .is_some_and(|half| half.join("base").exists())
    };
    eventually("the data folder is being made", half_made).await;
    owner.kill();
    assert!(place.find("data-").is_none());

    place.start().await.stop().await.unwrap();
    assert!(place.find(".initdb-").is_none());
}

#[tokio::test]
async fn a_start_that_is_dropped_at_any_moment_does_no_harm() {
    let place = Place::new("dropped").await;
    let half_made = async || {
        place
            .find(".initdb-")
            .is_some_and(|half| half.join("base").exists())
    };
    let whole = async || place.find("data-").is_some();
    let launched = async || place.find("start.log").is_some();
    tokio::select! {
        _ = place.try_start() => panic!("it was to be dropped"),
        () = eventually("half made", half_made) => {}
    }
    tokio::select! {
        _ = place.try_start() => panic!("it was to be dropped"),
        () = eventually("whole", whole) => {}
    }
    tokio::select! {
        _ = place.try_start() => panic!("it was to be dropped"),
        () = eventually("launched", launched) => {}
    }
    place.start().await.stop().await.unwrap();
}

fn options(place: &Place) -> sqlx::postgres::PgConnectOptions {
    let url = fairhold::database::embedded::url_of(&place.settings).unwrap();
    url.parse().unwrap()
}

#[tokio::test]
async fn a_server_that_dies_alone_is_started_again() {
    let place = Place::new("alone").await;
    let mut server = place.start().await;
    let options = server.connect_options();
    write_row(&options).await;
    let first = place.server_pid();

    kill(first);
    let back = async {
        eventually("another server takes connections", async || {
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

//! An ordinary life: start, stop, start again, one owner at a time.

use fairhold::config::MOST_CONNECTIONS;
use fairhold::database::embedded::{is_running, url_of};
use fairhold_test_kit::eventually;
use sqlx::postgres::PgConnectOptions;

use crate::place::{Place, ask, is_alive, rows, write_row};

#[tokio::test]
async fn rows_survive_stop_and_start() {
    let place = Place::new("restart").await;
    let server = place.start().await;
    write_row(&server.connect_options()).await;
    server.stop().await.unwrap();

    let server = place.start().await;
    assert_eq!(rows(&server.connect_options()).await, "42");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stopped_server_leaves_no_process_and_no_pid_file() {
    let place = Place::new("stop").await;
    let server = place.start().await;
    let pid = place.server_pid();
    server.stop().await.unwrap();
    assert!(!is_alive(pid));
    assert!(!place.pid_file().exists());
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let place = Place::new("drop").await;
    let server = place.start().await;
    drop(server);
    eventually("the server has stopped", async || {
        !place.pid_file().exists()
    })
    .await;
}

#[tokio::test]
async fn commits_are_durable_and_no_port_is_open() {
    let place = Place::new("durable").await;
    let server = place.start().await;
    let options = server.connect_options();
    for setting in [
        "fsync",
        "synchronous_commit",
        "full_page_writes",
        "data_checksums",
    ] {
        assert_eq!(
            ask(&options, &format!("show {setting}")).await,
            "on",
            "{setting}"
        );
    }
    assert_eq!(ask(&options, "show listen_addresses").await, "");
    assert_eq!(ask(&options, "show server_encoding").await, "UTF8");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_wal_is_compressed_the_fast_way_that_the_programs_know() {
    let place = Place::new("wal").await;
    let server = place.start().await;
    let options = server.connect_options();
    let fast = "select case when 'lz4' = any(enumvals) then 'lz4' else 'pglz' end \
        from pg_settings where name = 'wal_compression'";
    let fast = ask(&options, fast).await;
    assert_eq!(ask(&options, "show wal_compression").await, fast);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn there_is_room_for_all_connections_that_can_be_asked_for() {
    let place = Place::new("room").await;
    let server = place.start().await;
    let options = server.connect_options();
    let room = "
        select (current_setting('max_connections')::int
            - current_setting('superuser_reserved_connections')::int)::text
    ";
    let room: u16 = ask(&options, room).await.parse().unwrap();
    assert!(room > MOST_CONNECTIONS, "{room}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_url_connects_and_is_known_without_the_server() {
    let place = Place::new("url").await;
    let before = url_of(&place.settings).unwrap();
    assert!(!is_running(&place.settings));

    let server = place.start().await;
    assert_eq!(server.url(), before);
    assert!(is_running(&place.settings));
    let options: PgConnectOptions = before.parse().unwrap();
    let who = ask(&options, "select current_user || '@' || current_database()").await;
    assert_eq!(who, "fairhold@fairhold");

    server.stop().await.unwrap();
    assert!(!is_running(&place.settings));
}

#[tokio::test]
async fn a_second_owner_is_refused_and_told_why() {
    let place = Place::new("second").await;
    let server = place.start().await;
    let refused = place.try_start().await.unwrap_err().to_string();
    let expected = format!(
        "another Fairhold (pid {}) is running on",
        std::process::id()
    );
    assert!(refused.starts_with(&expected), "{refused}");
    assert!(refused.contains("FAIRHOLD_DATA_DIR"), "{refused}");
    server.stop().await.unwrap();
}

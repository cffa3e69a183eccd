//! Start, stop, restart, with one owner at a time.

use sqlx::postgres::PgConnectOptions;

use crate::data_dir::{DataDir, ask, eventually, is_alive, rows, write_row};

#[tokio::test]
async fn rows_survive_stop_and_start() {
    let data_dir = DataDir::new("restart").await;
    let server = data_dir.start().await;
    write_row(&server.connect_options()).await;
    server.stop().await.unwrap();

    let server = data_dir.start().await;
    assert_eq!(rows(&server.connect_options()).await, "42");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_stopped_server_leaves_no_process_and_no_pid_file() {
    let data_dir = DataDir::new("stop").await;
    let server = data_dir.start().await;
    let pid = data_dir.server_pid();
    server.stop().await.unwrap();
    assert!(!is_alive(pid));
    assert!(!data_dir.pid_file().exists());
}

#[tokio::test]
async fn a_dropped_server_stops() {
    let data_dir = DataDir::new("drop").await;
    let server = data_dir.start().await;
    drop(server);
    eventually("the server has stopped", async || {
        !data_dir.pid_file().exists()
    })
    .await;
}

#[tokio::test]
async fn commits_are_durable_and_no_port_is_open() {
    let data_dir = DataDir::new("durable").await;
    let server = data_dir.start().await;
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
async fn the_wal_is_compressed_with_lz4_where_the_programs_support_it() {
    let data_dir = DataDir::new("wal").await;
    let server = data_dir.start().await;
    let options = server.connect_options();
    let fast = "select case when 'lz4' = any(enumvals) then 'lz4' else 'pglz' end \
        from pg_settings where name = 'wal_compression'";
    let fast = ask(&options, fast).await;
    assert_eq!(ask(&options, "show wal_compression").await, fast);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn settings_of_the_caller_are_applied_but_never_those_that_keep_commits_durable() {
    let mut data_dir = DataDir::new("settings").await;
    let settings = [("max_connections", "33"), ("fsync", "off")];
    data_dir.options.settings = settings
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let server = data_dir.start().await;
    let options = server.connect_options();
    assert_eq!(ask(&options, "show max_connections").await, "33");
    assert_eq!(ask(&options, "show fsync").await, "on");
    server.stop().await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_process_of_the_server_inherits_the_environment_of_its_owner() {
    let data_dir = DataDir::new("environment").await;
    let server = data_dir.start().await;
    let environment = std::fs::read(format!("/proc/{}/environ", data_dir.server_pid())).unwrap();
    let environment = String::from_utf8_lossy(&environment);
    assert!(environment.contains("LC_ALL=C"), "{environment}");
    assert!(!environment.contains("CARGO_"), "{environment}");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_url_is_known_before_the_server_runs() {
    let data_dir = DataDir::new("url").await;
    let before = data_dir.options.url().unwrap();
    assert!(!data_dir.options.is_running());

    let server = data_dir.start().await;
    assert_eq!(server.url(), before);
    assert!(data_dir.options.is_running());
    let options: PgConnectOptions = before.parse().unwrap();
    let who = ask(&options, "select current_user || '@' || current_database()").await;
    assert_eq!(who, "fairhold@fairhold");

    server.stop().await.unwrap();
    assert!(!data_dir.options.is_running());
}

#[tokio::test]
async fn a_second_owner_is_rejected_with_the_pid_of_the_first() {
    let data_dir = DataDir::new("second").await;
    let server = data_dir.start().await;
    let rejected = data_dir.try_start().await.unwrap_err().to_string();
    let expected = format!(
        "another process (pid {}) is using the data directory",
        std::process::id()
    );
    assert!(rejected.starts_with(&expected), "{rejected}");
    server.stop().await.unwrap();
}

//! Servers that Fairhold can't work with are rejected with the reason.

use std::fs;
use std::process::Stdio;

use fairhold_test_kit::{
    Cluster, PostgresHost, assert_sound,
    command::{audit, run_on},
    eventually,
};
use tokio::process::Child;

/// Runs `fairhold audit`, which must fail. Returns its standard error.
async fn rejection(url: &str) -> String {
    let report = audit(url).await;
    assert_eq!(report.code, Some(2), "{report:?}");
    report.err
}

/// A `PgBouncer` with these settings in front of the cluster, and its URL.
async fn pooler(cluster: &Cluster<'_>, site: &PostgresHost, settings: &str) -> (Child, String) {
    let folder = site.folder.join("pooler");
    fs::create_dir_all(&folder).unwrap();
    site.hand_over(&folder);
    let file = folder.join("pgbouncer.ini");
    let directory = folder.display();
    let server = cluster.socket_directory();
    let text = format!(
        "[databases]\npostgres = host={server} user=fairhold\n[pgbouncer]\nlisten_port = 6432\n\
         unix_socket_dir = {directory}\nauth_type = any\n{settings}"
    );
    fs::write(&file, text).unwrap();
    let mut program = site.program("pgbouncer");
    let child = program.arg("-q").arg(&file).stderr(Stdio::null()).spawn();
    let socket = folder.join(".s.PGSQL.6432");
    eventually("the pooler listens", async || socket.exists()).await;
    let host = directory.to_string().replace('/', "%2F");
    let url = format!("postgresql://fairhold@localhost/postgres?host={host}&port=6432");
    (child.unwrap(), url)
}

#[tokio::test]
async fn a_pooler_in_transaction_mode_is_rejected_with_the_setting_that_helps() {
    let Some(site) = PostgresHost::having(&["pg_ctl", "pgbouncer"]).await else {
        return;
    };
    let cluster = site.cluster("primary", "").await;
    let ignore = "ignore_startup_parameters = extra_float_digits\n";
    for (settings, reason) in [
        (
            format!("{ignore}pool_mode = transaction\n"),
            "pool_mode = session",
        ),
        (
            format!("{ignore}pool_mode = transaction\nserver_round_robin = 1\nmin_pool_size = 3\n"),
            "pool_mode = session",
        ),
        (
            "pool_mode = session\n".to_owned(),
            "ignore_startup_parameters",
        ),
    ] {
        let (mut pooler, url) = pooler(&cluster, &site, &settings).await;
        let message = rejection(&url).await;
        assert!(message.contains(reason), "{settings}: {message}");
        pooler.kill().await.unwrap();
        let _ = fs::remove_file(site.folder.join("pooler/.s.PGSQL.6432"));
    }
    let session = format!("{ignore}pool_mode = session\n");
    let (_pooler, url) = pooler(&cluster, &site, &session).await;
    let migrated = run_on(&url, &["migrate"]).await;
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    assert_sound(&url).await;
}

#[tokio::test]
async fn a_database_that_is_not_utf8_is_rejected_with_its_encoding() {
    let Some(site) = PostgresHost::having(&["pg_ctl"]).await else {
        return;
    };
    let cluster = site.cluster("primary", "").await;
    let books = cluster.books().await;
    books
        .execute("create database latin encoding 'LATIN1' locale 'C' template template0")
        .await;
    let message = rejection(&cluster.url("latin")).await;
    assert!(message.contains("encoding LATIN1"), "{message}");
}

//! Unusual and unusable data, socket and program directories.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

use fairhold_embedded_postgres::{EmbeddedPostgres, Options, StartError};

use crate::data_dir::{DataDir, NAME, ask};

#[tokio::test]
async fn a_data_directory_that_cannot_be_created_is_named() {
    let options = Options::new(NAME, "/dev/null/x");
    let error = EmbeddedPostgres::start(&options).await.unwrap_err();
    let message = error.to_string();
    assert!(
        matches!(error, StartError::DataDirectory { .. }),
        "{message}"
    );
    assert!(message.contains("/dev/null/x"), "{message}");
}

#[tokio::test]
async fn a_data_directory_with_a_path_too_long_for_a_socket_works() {
    let data_dir = DataDir::below(
        "long",
        &format!("{}/with \"quotes\", 100%", "long".repeat(30)),
    )
    .await;
    let server = data_dir.start().await;
    assert_eq!(
        ask(&server.connect_options(), "select 'here'").await,
        "here"
    );
    server.stop().await.unwrap();
    fs::remove_dir(socket_dir(&data_dir)).unwrap();
}

#[tokio::test]
async fn a_socket_directory_that_others_can_access_is_rejected() {
    let data_dir = DataDir::below("open", &"long".repeat(30)).await;
    let directory = socket_dir(&data_dir);
    DirBuilder::new().mode(0o700).create(&directory).unwrap();
    fs::set_permissions(&directory, Permissions::from_mode(0o777)).unwrap();
    let rejected = data_dir.try_start().await;
    fs::remove_dir(&directory).unwrap();
    assert!(
        matches!(rejected, Err(StartError::SocketDirectory { .. })),
        "{rejected:?}"
    );
}

#[tokio::test]
async fn a_socket_directory_that_is_a_link_is_rejected() {
    let data_dir = DataDir::below("link", &"long".repeat(30)).await;
    let directory = socket_dir(&data_dir);
    std::os::unix::fs::symlink(std::env::temp_dir(), &directory).unwrap();
    let rejected = data_dir.try_start().await;
    fs::remove_file(&directory).unwrap();
    assert!(
        matches!(rejected, Err(StartError::SocketDirectory { .. })),
        "{rejected:?}"
    );
}

#[tokio::test]
async fn a_bin_directory_without_programs_is_named() {
    let mut data_dir = DataDir::new("programs").await;
    data_dir.options.bin_dir = Some(PathBuf::from("/dev"));
    let rejected = data_dir.try_start().await.unwrap_err().to_string();
    assert_eq!(
        rejected,
        "cannot use the PostgreSQL programs in /dev: there is no `initdb` in it"
    );
}

#[tokio::test]
async fn a_missing_bin_directory_is_named() {
    let mut data_dir = DataDir::new("nowhere").await;
    data_dir.options.bin_dir = Some(PathBuf::from("/nonexistent"));
    let rejected = data_dir.try_start().await.unwrap_err();
    assert!(rejected.is_configuration(), "{rejected:?}");
    assert_eq!(
        rejected.to_string(),
        "cannot use the PostgreSQL programs in /nonexistent: there is no such directory"
    );
}

#[tokio::test]
async fn a_file_is_not_a_data_directory() {
    let mut data_dir = DataDir::new("file").await;
    data_dir.options.data_dir = std::env::current_exe().unwrap();
    let rejected = data_dir.try_start().await.unwrap_err();
    assert!(rejected.is_configuration(), "{rejected:?}");
    let message = rejected.to_string();
    assert!(message.contains("it is not a directory"), "{message}");
}

#[tokio::test]
async fn data_of_another_major_version_is_not_touched() {
    let mut data_dir = DataDir::new("version").await;
    let server = data_dir.start().await;
    let options = server.connect_options();
    let bin = ask(
        &options,
        "select setting from pg_config where name = 'BINDIR'",
    )
    .await;
    let major = ask(&options, "select split_part(version(), '.', 1)").await;
    server.stop().await.unwrap();

    fs::create_dir(data_dir.options.data_dir.join("data-99")).unwrap();
    data_dir.options.bin_dir = Some(PathBuf::from(&bin));
    let rejected = data_dir.try_start().await.unwrap_err().to_string();
    let expected = format!(
        "cannot use the PostgreSQL programs in {bin}: they are of version {major}, and the data in {data} was written by version 99. ",
        major = major.replace("PostgreSQL ", ""),
        data = data_dir.find("data-99").unwrap().display(),
    );
    assert!(rejected.starts_with(&expected), "{rejected}");
    assert!(rejected.contains("restore it"), "{rejected}");
}

#[tokio::test]
async fn data_of_a_major_version_without_programs_is_named_with_what_to_install() {
    let mut data_dir = DataDir::new("uninstalled").await;
    data_dir.options.bin_dir = None;
    fs::create_dir_all(data_dir.options.data_dir.join("data-99")).unwrap();
    let rejected = data_dir.try_start().await.unwrap_err().to_string();
    for part in [
        "data-99 was written by PostgreSQL 99",
        "Install PostgreSQL 99",
    ] {
        assert!(rejected.contains(part), "{rejected}");
    }
}

/// Starts again after a change of the cluster's directory, which must be named.
async fn rejected_after(test: &str, change: impl Fn(&Path)) -> String {
    let data_dir = DataDir::new(test).await;
    data_dir.start().await.stop().await.unwrap();
    let cluster = data_dir.find("data-").unwrap();
    change(&cluster);
    let rejected = data_dir.try_start().await.unwrap_err();
    assert!(rejected.is_configuration(), "{rejected:?}");
    let message = rejected.to_string();
    assert!(message.contains(cluster.to_str().unwrap()), "{message}");
    message
}

#[tokio::test]
async fn data_that_other_users_can_access_is_rejected_with_the_command_that_repairs_it() {
    let message = rejected_after("mode", |cluster| {
        fs::set_permissions(cluster, Permissions::from_mode(0o777)).unwrap();
    })
    .await;
    assert!(message.contains("its mode is 0777"), "{message}");
    assert!(message.contains("chmod 0700"), "{message}");
}

#[tokio::test]
async fn data_of_another_user_is_rejected_with_the_command_that_repairs_it() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let message = rejected_after("chown", |cluster| {
        lchown(cluster, Some(0), Some(0)).unwrap();
    })
    .await;
    assert!(message.contains("user with the id 0"), "{message}");
    assert!(message.contains("chown -R"), "{message}");
}

#[tokio::test]
async fn data_in_the_directory_of_another_major_version_is_rejected() {
    let message = rejected_after("misplaced", |cluster| {
        fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    })
    .await;
    assert!(message.contains("rename it to data-9"), "{message}");
}

#[tokio::test]
async fn a_failed_start_shows_only_the_log_lines_of_this_start() {
    let data_dir = DataDir::new("lines").await;
    data_dir.start().await.stop().await.unwrap();
    let settings = data_dir.find("data-").unwrap().join("postgresql.conf");
    fs::write(settings, "no_such_setting = 1\n").unwrap();
    let message = data_dir.try_start().await.unwrap_err().to_string();
    assert!(message.contains("no_such_setting"), "{message}");
    assert!(!message.contains("shut down"), "{message}");
}

#[tokio::test]
async fn root_cannot_use_a_data_directory_below_a_private_home() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let data_dir = DataDir::below("private", "data").await;
    let home = data_dir.options.data_dir.parent().unwrap();
    DirBuilder::new().mode(0o700).create(home).unwrap();
    let rejected = data_dir.try_start().await;
    assert!(
        matches!(rejected, Err(StartError::Unreachable { .. })),
        "{rejected:?}"
    );
}

/// Below the temporary directory, since the data directory has a long path.
fn socket_dir(data_dir: &DataDir) -> PathBuf {
    let url = data_dir.options.url().unwrap();
    let (_, host) = url.split_once("host=").unwrap();
    let (host, _) = host.split_once('&').unwrap();
    let directory = PathBuf::from(host.replace("%2F", "/"));
    assert_eq!(directory.parent(), Some(Path::new(&std::env::temp_dir())));
    directory
}

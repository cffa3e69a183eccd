//! Unusual and unusable data, socket and program directories.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
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
        "cannot use the PostgreSQL programs in {bin}: they are of version {major}, and the data was written by version 99",
        major = major.replace("PostgreSQL ", "")
    );
    assert_eq!(rejected, expected);
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

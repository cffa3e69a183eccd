//! Folders that are awkward, and folders that can't be used.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use fairhold::database::embedded::{EmbeddedPostgres, Settings, StartError, url_of};

use crate::place::{Place, ask};

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let settings = Settings {
        data_dir: PathBuf::from("/dev/null/x"),
        postgres_bin_dir: None,
    };
    let error = EmbeddedPostgres::start(&settings).await.unwrap_err();
    let message = error.to_string();
    assert!(matches!(error, StartError::Folder { .. }), "{message}");
    assert!(
        message.contains("/dev/null/x") && message.contains("FAIRHOLD_DATA_DIR"),
        "{message}"
    );
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_works() {
    let place = Place::below(
        "long",
        &format!("{}/with \"quotes\", 100%", "long".repeat(30)),
    )
    .await;
    let server = place.start().await;
    assert_eq!(
        ask(&server.connect_options(), "select 'here'").await,
        "here"
    );
    server.stop().await.unwrap();
    fs::remove_dir(socket_folder(&place)).unwrap();
}

#[tokio::test]
async fn a_socket_folder_that_others_can_open_is_refused() {
    let place = Place::below("open", &"long".repeat(30)).await;
    let folder = socket_folder(&place);
    DirBuilder::new().mode(0o700).create(&folder).unwrap();
    fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    let refused = place.try_start().await;
    fs::remove_dir(&folder).unwrap();
    assert!(
        matches!(refused, Err(StartError::SocketFolder { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_socket_folder_that_is_a_link_is_refused() {
    let place = Place::below("link", &"long".repeat(30)).await;
    let folder = socket_folder(&place);
    std::os::unix::fs::symlink(std::env::temp_dir(), &folder).unwrap();
    let refused = place.try_start().await;
    fs::remove_file(&folder).unwrap();
    assert!(
        matches!(refused, Err(StartError::SocketFolder { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_folder_without_programs_is_named_with_its_setting() {
    let mut place = Place::new("programs").await;
    place.settings.postgres_bin_dir = Some(PathBuf::from("/dev"));
    let refused = place.try_start().await.unwrap_err().to_string();
    assert_eq!(
        refused,
        "--postgres-bin-dir (FAIRHOLD_POSTGRES_BIN_DIR) is /dev, but it holds no `initdb`."
    );
}

#[tokio::test]
async fn a_folder_for_programs_that_is_not_there_is_named_with_its_setting() {
    let mut place = Place::new("nowhere").await;
    place.settings.postgres_bin_dir = Some(PathBuf::from("/nonexistent"));
    let refused = place.try_start().await.unwrap_err();
    assert!(refused.is_setting(), "{refused:?}");
    assert_eq!(
        refused.to_string(),
        "--postgres-bin-dir (FAIRHOLD_POSTGRES_BIN_DIR) is /nonexistent, but there is no such folder."
    );
}

#[tokio::test]
async fn a_file_is_no_data_folder() {
    let mut place = Place::new("file").await;
    place.settings.data_dir = PathBuf::from(file!()).canonicalize().unwrap();
    let refused = place.try_start().await.unwrap_err();
    assert!(refused.is_setting(), "{refused:?}");
    let message = refused.to_string();
    assert!(message.contains("it is not a folder"), "{message}");
}

#[tokio::test]
async fn data_of_another_version_is_left_alone() {
    let mut place = Place::new("version").await;
    let server = place.start().await;
    let options = server.connect_options();
    let bin = ask(
        &options,
        "select setting from pg_config where name = 'BINDIR'",
    )
    .await;
    let major = ask(&options, "select split_part(version(), '.', 1)").await;
    server.stop().await.unwrap();

    fs::create_dir(place.settings.data_dir.join("data-99")).unwrap();
    place.settings.postgres_bin_dir = Some(PathBuf::from(&bin));
    let refused = place.try_start().await.unwrap_err().to_string();
    let expected = format!(
        "--postgres-bin-dir (FAIRHOLD_POSTGRES_BIN_DIR) is {bin}, but its {major_version}, and the data was written by version 99.",
        major_version = major.replace("PostgreSQL ", "PostgreSQL is version ")
    );
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn root_cannot_use_a_folder_below_a_private_home() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let place = Place::below("private", "data").await;
    let home = place.settings.data_dir.parent().unwrap();
    DirBuilder::new().mode(0o700).create(home).unwrap();
    let refused = place.try_start().await;
    assert!(
        matches!(refused, Err(StartError::Unreachable { .. })),
        "{refused:?}"
    );
}

/// Which a long path has below the temporary folder.
fn socket_folder(place: &Place) -> PathBuf {
    let url = url_of(&place.settings).unwrap();
    let (_, host) = url.split_once("host=").unwrap();
    let (host, _) = host.split_once('&').unwrap();
    let folder = PathBuf::from(host.replace("%2F", "/"));
    assert_eq!(folder.parent(), Some(Path::new(&std::env::temp_dir())));
    folder
}

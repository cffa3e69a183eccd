//! TLS files that cannot be used: the server must not start, nor the database before it.

use std::fs;
use std::process::Command;

use fairhold_test_kit::command::executable;

use crate::instance;

#[test]
fn unusable_tls_files_end_the_start_before_the_database_starts() {
    let folder = instance::path("tls");
    fs::create_dir(&folder).unwrap();
    let data = folder.join("data");
    let files = ["certificate", "key"].map(|name| folder.join(name));
    for file in &files {
        fs::write(file, "nonsense").unwrap();
    }
    let output = Command::new(executable())
        .env_clear()
        .arg("--listen=127.0.0.1:0")
        .arg(format!("--data-dir={}", data.display()))
        .arg(format!("--tls-certificate={}", files[0].display()))
        .arg(format!("--tls-key={}", files[1].display()))
        .output()
        .unwrap();
    let log = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{log}");
    assert!(log.contains("FAIRHOLD_TLS_"), "{log}");
    assert!(!data.exists(), "{log}");
    fs::remove_dir_all(folder).unwrap();
}

//! The unit in `deploy/systemd`: its settings, and what `systemd-analyze` reports.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::Command;

use fairhold_test_kit::{command::executable, not_tested_without};

use crate::page::file;

const UNIT: &str = "deploy/systemd/fairhold.service";

/// The settings of the unit by name; the last one wins.
fn unit() -> BTreeMap<String, String> {
    let text = file(UNIT);
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let settings = lines.filter_map(|line| line.split_once('='));
    settings
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[test]
fn the_unit_stops_in_order_and_does_not_retry_invalid_settings() {
    let unit = unit();
    // A signal to the whole group would end the database before the requests in flight.
    assert_eq!(unit["KillMode"], "mixed");
    assert_eq!(unit["RestartPreventExitStatus"], "2");
    let stop: u32 = unit["TimeoutStopSec"].parse().unwrap();
    assert!(stop > 2 * (2 * 5 + 1));
    assert_eq!(unit["StateDirectory"], "fairhold");
    assert!(unit["Environment"].contains("FAIRHOLD_DATA_DIR=/var/lib/fairhold"));
}

#[test]
fn the_unit_runs_without_privileges() {
    let unit = unit();
    for (name, value) in [
        ("DynamicUser", "yes"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateDevices", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("RestrictNamespaces", "yes"),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
    ] {
        assert_eq!(unit.get(name).map(String::as_str), Some(value), "{name}");
    }
}

#[test]
fn systemd_takes_the_unit() {
    let name = format!("fairhold-unit-{}", std::process::id());
    let folder = env::temp_dir().join(name);
    fs::create_dir(&folder).unwrap();
    // It wants a program that is there.
    let text = file(UNIT).replace(
        "/usr/local/bin/fairhold",
        &executable().display().to_string(),
    );
    let copy = folder.join("fairhold.service");
    fs::write(&copy, text).unwrap();
    let mut verify = Command::new("systemd-analyze");
    let said = verify.args(["verify", "--man=no"]).arg(&copy).output();
    fs::remove_dir_all(&folder).unwrap();
    let Ok(said) = said else {
        return not_tested_without("systemd-analyze", "what systemd says of the unit");
    };
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{told}");
    let ours = told
        .lines()
        .filter(|line| line.contains("fairhold.service"));
    assert_eq!(ours.collect::<Vec<_>>(), [""; 0], "{told}");
}

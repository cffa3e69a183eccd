//! The documented settings, compared with `--help`.

use std::collections::BTreeMap;

use fairhold_test_kit::command::{program, run};

use crate::page::{file, quoted, table};

/// A setting: its flag, and the default that the help shows, if any.
type Known = BTreeMap<String, (String, Option<String>)>;

/// What `--help` says.
async fn known() -> Known {
    let help = run(program(&["--help"])).await.out;
    let mut known = Known::new();
    for setting in help.split("\n      --").skip(1) {
        let Some((_, rest)) = setting.split_once("[env: ") else {
            continue;
        };
        let variable = rest.split(['=', ']']).next().unwrap().to_owned();
        let flag = setting.split([' ', '\n']).next().unwrap();
        let words = setting.split_whitespace().collect::<Vec<_>>().join(" ");
        let default = words.split_once("[default: ");
        let default = default.map(|(_, rest)| rest.split(']').next().unwrap().replace('`', ""));
        known.insert(variable, (format!("--{flag}"), default));
    }
    assert!(known.len() > 20, "{known:?}");
    known
}

#[tokio::test]
async fn the_table_of_settings_is_complete() {
    let known = known().await;
    let mut told = Known::new();
    for row in table("docs/operations/configure.md", "## Settings") {
        let variable = quoted(&row[0]).to_owned();
        let default = known
            .get(&variable)
            .and_then(|(_, default)| default.clone());
        if let Some(default) = &default {
            let shown = row[2].replace('`', "");
            assert!(shown.contains(default), "{variable}: {default}");
        } else {
            assert_eq!(row[2], "none", "{variable}");
        }
        assert!(row[3].len() > 10, "{row:?}");
        told.insert(variable, (quoted(&row[1]).to_owned(), default));
    }
    assert_eq!(told, known);
}

#[tokio::test]
async fn the_example_environment_is_complete() {
    let example = file(".env.example");
    let lines = example.lines().filter_map(|line| line.strip_prefix('#'));
    let told = lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name);
    let is_name = |name: &&str| name.bytes().all(|c| matches!(c, b'A'..=b'Z' | b'_'));
    let mut told: Vec<_> = told.filter(is_name).collect();
    told.sort_unstable();
    let known = known().await;
    assert_eq!(told, known.keys().collect::<Vec<_>>());
}

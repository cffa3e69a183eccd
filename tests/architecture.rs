//! The direction of imports: routes → allocation → the parts of the domain; rules know no I/O.

#![expect(clippy::unwrap_used, reason = "what can't be read must fail the test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are a part of the domain each.
const FEATURES: [&str; 7] = [
    "analytics",
    "fairness",
    "idempotency",
    "inventory",
    "ledger",
    "reservations",
    "waitlist",
];

/// What does I/O, or speaks to someone who does.
const OUTSIDE: [&str; 4] = ["sqlx", "axum", "tokio", "crate::database"];

struct Source {
    path: String,
    code: String,
}

impl Source {
    fn is_rule(&self) -> bool {
        let pure = ["decide.rs", "state.rs", "command.rs"];
        self.path.ends_with("/model.rs")
            || self.path.starts_with("allocation/book/")
            || pure
                .iter()
                .any(|file| self.path == format!("allocation/{file}"))
    }

    fn feature(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    fn mentions(&self, name: &str) -> bool {
        self.code.contains(name)
    }
}

/// All files below `src`, without comments.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                files.push(path);
            }
        }
    }
    assert!(files.len() > 40, "the walk found {} files", files.len());
    let read = |path: PathBuf| Source {
        code: without_comments(&fs::read_to_string(&path).unwrap()),
        path: path.strip_prefix(&root).unwrap().display().to_string(),
    };
    files.into_iter().map(read).collect()
}

fn without_comments(code: &str) -> String {
    code.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .fold(String::new(), |code, line| code + line + "\n")
}

#[test]
fn rules_and_models_do_no_input_or_output() {
    for source in sources().iter().filter(|source| source.is_rule()) {
        for outside in OUTSIDE {
            assert!(!source.mentions(outside), "{} knows {outside}", source.path);
        }
    }
}

#[test]
fn no_feature_uses_the_routes_of_another() {
    for source in sources() {
        for feature in FEATURES {
            let own = source.feature() == feature || source.path == "server.rs";
            let routes = source.mentions(&format!("{feature}::routes"));
            assert!(
                own || !routes,
                "{} uses the routes of {feature}",
                source.path
            );
        }
    }
}

#[test]
fn nothing_knows_the_server_but_the_command_line() {
    for source in sources().iter().filter(|source| source.path != "main.rs") {
        let knows = source.mentions("crate::server") || source.mentions("crate::config");
        let is_server = source.path == "server.rs" || source.path == "telemetry.rs";
        assert!(
            is_server || !knows,
            "{} knows the whole service",
            source.path
        );
    }
}

#[test]
fn stores_and_the_heart_do_not_speak_http() {
    for source in sources() {
        let inner = source.path.ends_with("store.rs") || source.feature() == "allocation";
        let speaks = source.mentions("axum") || source.mentions("crate::http");
        assert!(!inner || !speaks, "{} speaks HTTP", source.path);
    }
}

#[test]
fn features_reach_the_heart_only_from_their_routes() {
    for source in sources() {
        let feature = FEATURES.contains(&source.feature());
        let route = source.path.ends_with("/routes.rs");
        let asks = source.mentions("crate::allocation");
        assert!(
            !feature || route || !asks,
            "{} knows the heart",
            source.path
        );
    }
}

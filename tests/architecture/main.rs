//! The direction of imports: the module graph has no cycle, and no module uses one of a higher layer.
#![expect(
    clippy::unwrap_used,
    reason = "sources that can't be read must fail the test"
)]

mod code;
mod graph;
mod paths;
mod sources;

use self::graph::{Graph, grouped, is_below, shortest_cycle};
use self::sources::{Source, sources};

/// The rooms of the library, from the highest to the lowest layer. A room uses rooms of its own layer
/// and of those below.
const LAYERS: [&[&str]; 11] = [
    &["server"],
    &["config"],
    &["api"],
    &["health", "limits"],
    &["access", "connections"],
    &["allocation", "audit", "retention"],
    &["live"],
    &["analytics"],
    &[
        "fairness",
        "idempotency",
        "inventory",
        "ledger",
        "reservations",
        "waitlist",
    ],
    &["http", "ids"],
    &[
        "database",
        "deadline",
        "local_url",
        "memory_budget",
        "periodic",
        "telemetry",
    ],
];

/// The rooms that know nothing of HTTP.
const WITHOUT_HTTP: [&str; 13] = [
    "allocation",
    "analytics",
    "audit",
    "database",
    "fairness",
    "health",
    "idempotency",
    "inventory",
    "ledger",
    "live",
    "reservations",
    "retention",
    "waitlist",
];

fn module_graph() -> Graph {
    let graph = sources().modules.graph();
    assert!(graph.len() > 150, "{} modules were found", graph.len());
    graph
}

/// The room of a module of the library.
fn room(module: &str) -> Option<&str> {
    module.strip_prefix("fairhold::")?.split("::").next()
}

fn layer(room: &str) -> usize {
    let layer = LAYERS.iter().position(|rooms| rooms.contains(&room));
    layer.unwrap_or_else(|| panic!("{room} has no layer"))
}

#[test]
fn the_module_graph_has_no_cycle() {
    let cycle = shortest_cycle(&module_graph());
    assert!(
        cycle.is_none(),
        "{}",
        cycle.unwrap_or_default().join(" -> ")
    );
}

#[test]
fn the_graph_of_the_rooms_has_no_cycle() {
    let cycle = shortest_cycle(&grouped(&module_graph(), room));
    assert!(
        cycle.is_none(),
        "{}",
        cycle.unwrap_or_default().join(" -> ")
    );
}

#[test]
fn no_module_uses_one_of_a_higher_layer() {
    let mut wrong = Vec::new();
    for (from, used) in module_graph() {
        for to in used {
            let rooms = room(&from).zip(room(&to));
            if rooms.is_some_and(|(from, to)| layer(from) > layer(to)) {
                wrong.push(format!("{from} -> {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_source_file_is_a_module() {
    let sources = sources();
    for file in files_below("src").chain(files_below("benches")) {
        let known = sources.files.iter().any(|source| source.path == file);
        assert!(known || is_test(&file), "{} is no module", file.display());
    }
}

fn files_below(folder: &str) -> impl Iterator<Item = std::path::PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut folders = vec![root];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.into_iter()
}

/// Unit tests in a file of their own are no part of the graph.
fn is_test(file: &std::path::Path) -> bool {
    file.ends_with("tests.rs")
}

/// The files of the library that `rule` is about.
fn library(rule: impl Fn(&str) -> bool) -> Vec<Source> {
    let files = sources().files.into_iter();
    files
        .filter(|source| room(&source.module).is_some_and(&rule))
        .collect()
}

fn mentions(source: &Source, word: &str) -> bool {
    source.code.split(' ').any(|token| token == word)
}

#[test]
fn features_know_nothing_of_http() {
    for source in library(|room| WITHOUT_HTTP.contains(&room)) {
        let speaks = mentions(&source, "axum") || source.code.contains("crate : : http");
        assert!(!speaks, "{} knows of HTTP", source.module);
    }
}

#[test]
fn only_rows_of_routes_make_a_router() {
    for source in library(|_| true) {
        let makes = source.code.contains("Router : : new");
        let may = source.module == "fairhold::http::routes";
        assert!(may || !makes, "{} serves what has no policy", source.module);
    }
}

#[test]
fn the_pure_crate_does_no_input_or_output() {
    for source in sources().files {
        let is_pure = source.module == "fairhold_core" || is_below(&source.module, "fairhold_core");
        for outside in ["sqlx", "axum", "tokio"] {
            let uses = is_pure && mentions(&source, outside);
            assert!(!uses, "{} uses {outside}", source.module);
        }
    }
}

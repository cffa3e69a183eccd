//! The direction of imports: routes → allocation → the parts of the domain; rules know no I/O.

#![expect(clippy::unwrap_used, reason = "what can't be read must fail the test")]

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are a part of the domain each.
const FEATURES: [&str; 9] = [
    "access",
    "analytics",
    "fairness",
    "idempotency",
    "inventory",
    "ledger",
    "live",
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
        let pure = [
            "command.rs",
            "decide.rs",
            "needs.rs",
            "reach.rs",
            "state.rs",
        ];
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

    /// Whether it names this part of that feature, by its path or in a group of imports.
    fn uses(&self, feature: &str, part: &str) -> bool {
        let group = format!("{feature}::{{");
        let mut groups = self.code.split(&group).skip(1);
        self.mentions(&format!("{feature}::{part}"))
            || groups.any(|group| has_word(group.split(';').next().unwrap_or_default(), part))
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

fn has_word(code: &str, word: &str) -> bool {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|found| found == word)
}

/// Leaves out what follows `//` on a line, unless the `//` stands in a literal.
fn without_comments(code: &str) -> String {
    let mut kept = String::new();
    let mut rest = code;
    while !rest.is_empty() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
            continue;
        }
        let (token, behind) = rest.split_at(token_length(rest));
        kept.push_str(token);
        rest = behind;
    }
    kept
}

/// The length of the literal that the code begins with, or else of its first character.
fn token_length(code: &str) -> usize {
    for quote in ["'\"'", "'\\\"'"] {
        if code.starts_with(quote) {
            return quote.len();
        }
    }
    let hashes = code.bytes().skip(1).take_while(|&c| c == b'#').count();
    if code.starts_with('r') && code[1 + hashes..].starts_with('"') {
        let begin = hashes + 2;
        let end = format!("\"{}", "#".repeat(hashes));
        return code[begin..]
            .find(&end)
            .map_or(code.len(), |at| begin + at + end.len());
    }
    if code.starts_with('"') {
        return text_length(code);
    }
    code.chars().next().map_or(0, char::len_utf8)
}

/// The length of the string literal that the code begins with.
fn text_length(code: &str) -> usize {
    let mut escaped = false;
    for (at, c) in code.bytes().enumerate().skip(1) {
        if c == b'"' && !escaped {
            return at + 1;
        }
        escaped = c == b'\\' && !escaped;
    }
    code.len()
}

#[test]
fn only_comments_are_left_out_of_the_code() {
    for (code, kept) in [
        ("a // b\nc", "a \nc"),
        (r#"f("http://x"); // y"#, r#"f("http://x"); "#),
        (
            r##"f(r#"say "//" once"#) // y"##,
            r##"f(r#"say "//" once"#) "##,
        ),
        (r#"f("\"// a") // y"#, r#"f("\"// a") "#),
        (r#"f("\\") // y"#, r#"f("\\") "#),
        (r#"f('"') // "y""#, r#"f('"') "#),
        ("/// doc \"\nfn r() {}", "\nfn r() {}"),
    ] {
        assert_eq!(without_comments(code), kept, "{code}");
    }
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
            let own = source.feature() == feature || source.feature() == "server";
            let routes = source.uses(feature, "routes");
            assert!(
                own || !routes,
                "{} uses the routes of {feature}",
                source.path
            );
        }
    }
}

#[test]
fn only_routes_that_tell_what_they_serve_make_a_router() {
    for source in sources() {
        let served = source.code.split("#[cfg(test)]").next();
        let makes = served.unwrap_or_default().contains("Router::new()");
        let may = source.path.ends_with("/tests.rs") || source.path == "http/openapi/routes.rs";
        assert!(may || !makes, "{} serves what is not told", source.path);
    }
}

#[test]
fn http_knows_no_features_store_queries_or_routes() {
    for source in sources().iter().filter(|source| source.feature() == "http") {
        for feature in FEATURES {
            for part in ["store", "queries", "routes"] {
                let uses = source.uses(feature, part);
                assert!(!uses, "{} uses the {part} of {feature}", source.path);
            }
        }
    }
}

#[test]
fn only_routes_and_live_updates_use_queries() {
    for source in sources() {
        let route = source.path.ends_with("/routes.rs") || source.path == "live/poller.rs";
        let code = source.code.replace("pub mod queries;", "");
        let uses = has_word(&code, "queries");
        assert!(route || !uses, "{} uses queries", source.path);
    }
}

#[test]
fn nothing_knows_the_server_but_the_command_line() {
    for source in sources().iter().filter(|source| source.path != "main.rs") {
        let knows = source.mentions("crate::server") || source.mentions("crate::config");
        let is_server = source.feature() == "server";
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
fn the_heart_and_the_books_know_of_access_only_on_whose_account_something_is_done() {
    for source in sources() {
        let inner = ["allocation", "ledger"].contains(&source.feature())
            || source.path.ends_with("/store.rs") && source.feature() != "access";
        let code = source.code.replace("crate::access::Actor;", "");
        assert!(!inner || !has_word(&code, "access"), "{}", source.path);
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

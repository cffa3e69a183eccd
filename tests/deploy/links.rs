//! Links between documents, documents mentioned elsewhere, and paths in documents lead to existing
//! files and sections.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Where documents are linked or mentioned.
const SOURCES: [&str; 15] = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs",
    "deploy",
    "src",
    "crates",
    "migrations",
    "tests",
    ".env.example",
    "Dockerfile",
    "docker-compose.yml",
    "start.sh",
    "justfile",
];

/// A quoted text that begins with one of these folders is a path.
const FOLDERS: [&str; 9] = [
    "benches/",
    "crates/",
    "deploy/",
    "docs/",
    "migrations/",
    "scripts/",
    "src/",
    "static/",
    "tests/",
];

/// Stands for the number of a file to be added.
const PLACEHOLDER: &str = "NNNN";

fn is_markdown(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "md")
}

#[test]
fn links_between_documents_lead_to_existing_files_and_sections() {
    let documents = files(is_markdown);
    assert!(documents.len() > 15, "{documents:?}");
    let mut broken = Vec::new();
    for document in documents {
        let text = fs::read_to_string(&document).unwrap();
        let targets = text.split("](").skip(1);
        let targets = targets.filter_map(|rest| rest.split(')').next());
        let broken_here = targets.filter(|target| !leads_somewhere(&document, target));
        broken.extend(broken_here.map(|target| format!("{}: {target}", document.display())));
    }
    assert_eq!(broken, [""; 0]);
}

#[test]
fn paths_in_documents_exist() {
    let mut missing = Vec::new();
    for document in files(is_markdown) {
        let text = fs::read_to_string(&document).unwrap();
        let quoted = text.split('`').skip(1).step_by(2);
        let paths = quoted.filter(|it| FOLDERS.iter().any(|folder| it.starts_with(folder)));
        let paths = paths.filter(|it| it.chars().all(is_of_path) && !it.contains(PLACEHOLDER));
        let missing_here = paths.filter(|path| !at(path).exists());
        missing.extend(missing_here.map(|path| format!("{}: {path}", document.display())));
    }
    assert_eq!(missing, [""; 0]);
}

#[test]
fn documents_mentioned_elsewhere_exist() {
    let mut missing = Vec::new();
    for file in files(|name| !is_markdown(name)) {
        // Fonts and pictures mention nothing.
        let text = fs::read_to_string(&file).unwrap_or_default();
        for rest in text.split("docs/").skip(1) {
            let end = rest.find(|c| !is_of_path(c)).unwrap_or(rest.len());
            let path = rest[..end].trim_end_matches('.');
            let extension = Path::new(path).extension();
            if extension.is_some_and(|it| it == "md") && !at("docs").join(path).exists() {
                missing.push(format!("{}: docs/{path}", file.display()));
            }
        }
    }
    assert_eq!(missing, [""; 0]);
}

fn is_of_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/-_.".contains(c)
}

fn at(path: &str) -> PathBuf {
    Path::new(ROOT).join(path)
}

/// All files in the sources whose path passes the test.
fn files(matches: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let mut open: Vec<_> = SOURCES.map(at).into();
    let mut found = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(path).unwrap();
            open.extend(entries.map(|entry| entry.unwrap().path()));
        } else if matches(&path.to_string_lossy()) {
            found.push(path);
        }
    }
    found
}

fn leads_somewhere(document: &Path, target: &str) -> bool {
    if target.starts_with("https://") {
        return true;
    }
    let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = match path {
        "" => document.to_owned(),
        path => document.parent().unwrap().join(path),
    };
    path.exists() && (anchor.is_empty() || has_section(&path, anchor))
}

fn has_section(path: &Path, anchor: &str) -> bool {
    let text = fs::read_to_string(path).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| slug(line.trim_start_matches(['#', ' '])))
        .any(|slug| slug == anchor)
}

/// The anchor that GitHub gives a heading.
fn slug(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

//! Reads files of the repository and the tables in its documents.

use std::fs;
use std::path::Path;

/// The text of a file.
pub(crate) fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The rows of the first table below a heading of `page`, without its head.
pub(crate) fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let page = file(page);
    let (_, section) = page.split_once(&format!("\n{heading}\n")).expect(heading);
    let rows = section.lines().skip_while(|line| !line.starts_with('|'));
    let rows = rows.take_while(|line| line.starts_with('|')).skip(2);
    rows.map(|row| {
        let row = row.trim_matches('|').split('|');
        row.map(|column| column.trim().to_owned()).collect()
    })
    .collect()
}

/// The text between the first pair of backticks.
pub(crate) fn quoted(text: &str) -> &str {
    text.split('`').nth(1).expect("text in backticks")
}

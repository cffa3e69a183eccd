//! Finds the browser and its driver; without them, the browser tests are skipped.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Once;

/// Set to `required` where a missing browser must fail the tests.
const ENV_VAR: &str = "FAIRHOLD_BROWSER";
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser and its driver.
#[derive(Debug)]
pub(crate) struct Executables {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Executables {
    /// `None` if they are missing and not required, which is reported once.
    pub(crate) fn find() -> Option<Self> {
        let browser = BROWSERS.into_iter().find_map(in_path);
        if let (Some(browser), Some(driver)) = (browser, in_path("chromedriver")) {
            return Some(Self { browser, driver });
        }
        report_skipped(
            "the browser tests",
            "Chromium or chromedriver is not in PATH",
        );
        None
    }
}

/// Reports skipped tests and the reason; panics if they are required.
pub(crate) fn report_skipped(what: &str, reason: &str) {
    static REPORTED: Once = Once::new();
    let required = env::var_os(ENV_VAR).is_some_and(|value| value == "required");
    assert!(!required, "{ENV_VAR}=required, but {reason}");
    // Not by a macro: the test runner captures the output of those.
    REPORTED.call_once(|| {
        let line = format!("\nNOT RUN: {what}: {reason}\n");
        let _ = io::stderr().write_all(line.as_bytes());
    });
}

fn in_path(program: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let mut files = env::split_paths(&folders).map(|folder| folder.join(program));
    files.find(|file| file.is_file())
}

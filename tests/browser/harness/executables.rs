//! Which browser the machine has, and what it means that it has none.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Once;

/// Set to `required` where a missing browser is a failure.
const SETTING: &str = "FAIRHOLD_BROWSER";
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A browser, and the program that drives it.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

impl Programs {
    /// `None` where there are none and none are asked for; the run says so once.
    pub(crate) fn found() -> Option<Self> {
        let browser = BROWSERS.into_iter().find_map(in_path);
        if let (Some(browser), Some(driver)) = (browser, in_path("chromedriver")) {
            return Some(Self { browser, driver });
        }
        not_run(
            "the browser tests",
            "Chromium or chromedriver is not in PATH",
        );
        None
    }
}

/// Says in one line what was not run, and why; fails where it had to run.
pub(crate) fn not_run(what: &str, why: &str) {
    static SAID: Once = Once::new();
    let required = env::var_os(SETTING).is_some_and(|value| value == "required");
    assert!(!required, "{SETTING}=required, but {why}");
    // Not by a macro, whose output the test runner would keep to itself.
    SAID.call_once(|| {
        let line = format!("\nNOT RUN: {what}, since {why}\n");
        let _ = io::stderr().write_all(line.as_bytes());
    });
}

fn in_path(program: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let mut files = env::split_paths(&folders).map(|folder| folder.join(program));
    files.find(|file| file.is_file())
}

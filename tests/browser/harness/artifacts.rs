//! What a browser leaves behind: screenshots, console messages, and the servers it contacted.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::browser::Browser;
use super::session;

/// The folder for screenshots: `target/screenshots`.
pub(crate) fn screenshot_folder() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap().join("screenshots")
}

/// The warnings and errors on the console since it was last read, which include violations of the
/// content security policy and resources that failed to load.
pub(super) async fn console_errors(browser: &Browser) -> Vec<String> {
    let entries = session::log(&browser.client, "browser").await;
    let messages = entries.iter().map(|entry| {
        let text = |name: &str| entry[name].as_str().unwrap_or_default();
        format!("{} {}: {}", text("level"), text("source"), text("message"))
    });
    messages
        .filter(|line| !line.starts_with("INFO") && !line.starts_with("DEBUG"))
        .collect()
}

/// The URLs on other servers that the browser requested since this was last read.
pub(super) async fn foreign_requests(browser: &Browser) -> Vec<String> {
    let entries = session::log(&browser.client, "performance").await;
    let requested = entries.iter().filter_map(|entry| {
        let entry: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
        let event = &entry["message"];
        let is_request = event["method"] == "Network.requestWillBeSent"
            || event["method"] == "Network.webSocketCreated";
        let url = event["params"]["request"]["url"]
            .as_str()
            .or(event["params"]["url"].as_str());
        is_request.then_some(url?.to_owned())
    });
    // Built-in pages of the browser contact no server.
    let is_remote = |url: &String| url.starts_with("http") || url.starts_with("ws");
    let own = format!("{}/", browser.site);
    requested
        .filter(|url| is_remote(url) && !url.starts_with(&own))
        .collect()
}

/// Saves a screenshot and prints the console of each browser of a failed test.
pub(super) async fn save(test: &str, browsers: &[Browser]) {
    for (number, browser) in browsers.iter().enumerate() {
        let file = screenshot_folder().join(format!("{test}-browser-{}.png", number + 1));
        browser.save_screenshot(&file).await;
        print(&format!("screenshot: {}", file.display()));
        for line in console_errors(browser).await {
            print(&format!("console: {line}"));
        }
    }
}

#[expect(clippy::print_stderr, reason = "part of the report of a failed test")]
fn print(line: &str) {
    eprintln!("{line}");
}

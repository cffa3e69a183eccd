//! What a browser leaves behind: pictures, what its console says, which servers it asked.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::browser::Browser;
use super::session;

/// Where pictures go: `target/screenshots`.
pub(crate) fn pictures() -> PathBuf {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    scratch.parent().unwrap().join("screenshots")
}

/// What the console says since it was read last: errors, breaches of the content policy, and what
/// could not be loaded.
pub(super) async fn complaints(browser: &Browser) -> Vec<String> {
    let entries = session::log(&browser.client, "browser").await;
    let said = entries.iter().map(|entry| {
        let text = |name: &str| entry[name].as_str().unwrap_or_default();
        format!("{} {}: {}", text("level"), text("source"), text("message"))
    });
    said.filter(|line| !line.starts_with("INFO") && !line.starts_with("DEBUG"))
        .collect()
}

/// The addresses that the browser asked of another server than ours since this was read last.
pub(super) async fn strangers(browser: &Browser) -> Vec<String> {
    let entries = session::log(&browser.client, "performance").await;
    let asked = entries.iter().filter_map(|entry| {
        let entry: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
        let event = &entry["message"];
        let asks = event["method"] == "Network.requestWillBeSent"
            || event["method"] == "Network.webSocketCreated";
        let url = event["params"]["request"]["url"]
            .as_str()
            .or(event["params"]["url"].as_str());
        asks.then_some(url?.to_owned())
    });
    // Pages that the browser brings along ask no server.
    let leaves = |url: &String| url.starts_with("http") || url.starts_with("ws");
    let own = format!("{}/", browser.site);
    asked
        .filter(|url| leaves(url) && !url.starts_with(&own))
        .collect()
}

/// Keeps and tells what can help to understand why a test failed.
pub(super) async fn leave(test: &str, browsers: &[Browser]) {
    for (number, browser) in browsers.iter().enumerate() {
        let file = pictures().join(format!("{test}-browser-{}.png", number + 1));
        browser.picture(&file).await;
        tell(&format!("the page: {}", file.display()));
        for line in complaints(browser).await {
            tell(&format!("the console: {line}"));
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "it belongs to the report of a failed test"
)]
fn tell(line: &str) {
    eprintln!("{line}");
}

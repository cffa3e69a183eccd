//! A `WebDriver` session, and the commands that only Chromium has.

use std::path::Path;

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Method;
use serde_json::{Map, Value, json};
use url::{ParseError, Url};

/// No background traffic, and no motion: smooth scrolling makes clicks miss their buttons. No sandbox,
/// because containers seldom allow one and the pages are trusted.
const FLAGS: [&str; 12] = [
    "--force-prefers-reduced-motion",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--force-color-profile=srgb",
    "--no-first-run",
    "--window-size=1280,900",
];

/// Starts a browser.
pub(super) async fn begin(port: u16, browser: &Path, profile: &Path) -> Client {
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities(browser, profile));
    let client = builder.connect(&format!("http://127.0.0.1:{port}")).await;
    client.expect("the browser did not start")
}

fn capabilities(browser: &Path, profile: &Path) -> Map<String, Value> {
    let mut flags = FLAGS.map(str::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.display()));
    let options = json!({
        "goog:chromeOptions": {"args": flags, "binary": browser},
        "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        "timeouts": {"script": 60_000, "pageLoad": 60_000},
    });
    options.as_object().unwrap().clone()
}

/// The entries of a log since it was last read.
pub(super) async fn log(client: &Client, kind: &str) -> Vec<Value> {
    let entries = issue(client, "se/log", json!({"type": kind})).await;
    entries.as_array().unwrap().clone()
}

/// A command of the `DevTools` protocol.
pub(super) async fn devtools(client: &Client, command: &str, parameters: Value) -> Value {
    let body = json!({"cmd": command, "params": parameters});
    issue(client, "goog/cdp/execute", body).await
}

async fn issue(client: &Client, path: &'static str, body: Value) -> Value {
    let response = client.issue_cmd(Command { path, body }).await;
    response.expect("the browser did not respond")
}

#[derive(Debug)]
struct Command {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        driver.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

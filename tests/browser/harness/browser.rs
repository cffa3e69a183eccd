//! One browser: what a person does with it and sees in it.

use fairhold_test_kit::eventually;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::session;

/// The visible text of the first matching element, with white space collapsed.
const TEXT: &str = "
    const found = document.querySelector(arguments[0]);
    if (!found?.checkVisibility({ visibilityProperty: true })) return null;
    return found.textContent.replace(/\\s+/g, ' ').trim();";

/// The same of all matching elements.
const TEXTS: &str = "
    return [...document.querySelectorAll(arguments[0])]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        .map((one) => one.textContent.replace(/\\s+/g, ' ').trim());";

/// A browser with its own profile, for one server.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(super) client: Client,
    pub(super) site: String,
}

/// What a person does.
impl Browser {
    /// Opens a page of the server.
    pub(crate) async fn open(&self, path: &str) {
        let url = format!("{}{path}", self.site);
        self.client.goto(&url).await.unwrap();
        self.script("window.isOpened = true", &[]).await;
    }

    /// Reloads the page.
    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
        self.script("window.isOpened = true", &[]).await;
    }

    /// Opens a page of the server in a new tab, which has no opener.
    pub(crate) async fn open_in_new_tab(&self, path: &str) {
        let tab = self.client.new_window(true).await.unwrap();
        self.client.switch_to_window(tab.handle).await.unwrap();
        self.open(path).await;
    }

    /// Switches to the tab that was opened first.
    pub(crate) async fn switch_to_first_tab(&self) {
        let tabs = self.client.windows().await.unwrap();
        self.client.switch_to_window(tabs[0].clone()).await.unwrap();
    }

    /// Clicks once the element exists, is enabled, and is not covered.
    pub(crate) async fn click(&self, css: &str) {
        self.retry_until_done(css, "be clicked", async |found: Element| {
            found.click().await
        })
        .await;
    }

    /// Replaces the content of a field.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        self.retry_until_done(css, "be filled", async |found: Element| {
            found.clear().await?;
            found.send_keys(text).await
        })
        .await;
    }

    /// Chooses an option by typing the beginning of its text.
    pub(crate) async fn choose(&self, css: &str, choice: &str) {
        self.retry_until_done(css, "be chosen from", async |found: Element| {
            found.send_keys(choice).await
        })
        .await;
    }

    /// Presses keys on the focused element.
    pub(crate) async fn press(&self, keys: &[Key]) {
        for key in keys {
            let focused = self.client.active_element().await.unwrap();
            let text = String::from(char::from(*key));
            focused.send_keys(&text).await.unwrap();
        }
    }

    async fn retry_until_done(
        &self,
        css: &str,
        what: &str,
        act: impl AsyncFn(Element) -> Result<(), CmdError>,
    ) {
        eventually(&format!("{css} can {what}"), async || {
            let found = self.client.find(Locator::Css(css)).await;
            let found = found.map_err(|error| error.to_string())?;
            if !found.is_enabled().await.unwrap_or_default() {
                return Err("it is disabled".to_owned());
            }
            act(found).await.map_err(|error| error.to_string())
        })
        .await;
    }
}

/// What a person sees.
impl Browser {
    /// The text of the first matching element; `None` if none is visible.
    pub(crate) async fn text(&self, css: &str) -> Option<String> {
        let text = self.script(TEXT, &[css]).await;
        text.as_str().map(str::to_owned)
    }

    /// Waits until the element has exactly this text.
    pub(crate) async fn reads(&self, css: &str, text: &str) {
        self.until(css, &format!("reads {text:?}"), |found| found == text)
            .await;
    }

    /// Waits until the element's text contains this.
    pub(crate) async fn contains(&self, css: &str, text: &str) {
        let what = format!("contains {text:?}");
        self.until(css, &what, |found| found.contains(text)).await;
    }

    /// Asserts that the page was not loaded again since it was opened.
    pub(crate) async fn assert_not_reloaded(&self) {
        let same = self.script("return window.isOpened === true", &[]).await;
        assert_eq!(same, json!(true), "the page was reloaded");
    }

    /// Waits until the element is visible.
    pub(crate) async fn is_visible(&self, css: &str) {
        self.until(css, "is visible", |_| true).await;
    }

    async fn until(&self, css: &str, what: &str, matches: impl Fn(&str) -> bool) {
        eventually(&format!("{css} {what}"), async || {
            match self.text(css).await {
                Some(found) if matches(&found) => Ok(()),
                Some(found) => Err(format!("it reads {found:?}")),
                None => Err("it is not visible".to_owned()),
            }
        })
        .await;
    }

    /// Waits until no matching element is visible.
    pub(crate) async fn is_gone(&self, css: &str) {
        eventually(&format!("{css} is gone"), async || {
            self.text(css).await.map_or(Ok(()), Err)
        })
        .await;
    }

    /// Waits until the visible matching elements have these texts, in this order.
    pub(crate) async fn lists(&self, css: &str, texts: &[&str]) {
        eventually(&format!("{css} lists {texts:?}"), async || {
            let found = self.script(TEXTS, &[css]).await;
            (found == json!(texts))
                .then_some(())
                .ok_or(found.to_string())
        })
        .await;
    }
}

/// What only a script can do.
impl Browser {
    /// Runs a function body in the page and returns its result.
    pub(crate) async fn script(&self, body: &str, arguments: &[&str]) -> Value {
        let arguments = arguments.iter().map(|text| json!(text)).collect();
        self.client.execute(body, arguments).await.unwrap()
    }

    /// A command of the `DevTools` protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        session::devtools(&self.client, command, parameters).await
    }
}

//! One browser: what a person does with it, and what they see.

use fairhold_test_kit::eventually;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::session;

/// What a person can read of the first such element, without the space around it.
const TEXT: &str = "
    const found = document.querySelector(arguments[0]);
    if (!found?.checkVisibility({ visibilityProperty: true })) return null;
    return found.textContent.replace(/\\s+/g, ' ').trim();";

/// The same of all such elements.
const TEXTS: &str = "
    return [...document.querySelectorAll(arguments[0])]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        .map((one) => one.textContent.replace(/\\s+/g, ' ').trim());";

/// A browser with a profile of its own, at one site.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    pub(super) client: Client,
    pub(super) site: String,
}

/// What a person does.
impl Browser {
    /// Goes to a page of the site.
    pub(crate) async fn open(&self, path: &str) {
        let url = format!("{}{path}", self.site);
        self.client.goto(&url).await.unwrap();
        self.script("window.isOpened = true", &[]).await;
    }

    /// Loads the page anew.
    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
        self.script("window.isOpened = true", &[]).await;
    }

    /// Goes to a page of the site in one more tab, which has no opener.
    pub(crate) async fn open_in_new_tab(&self, path: &str) {
        let tab = self.client.new_window(true).await.unwrap();
        self.client.switch_to_window(tab.handle).await.unwrap();
        self.open(path).await;
    }

    /// Goes back to the tab that was opened first.
    pub(crate) async fn turn_to_first_tab(&self) {
        let tabs = self.client.windows().await.unwrap();
        self.client.switch_to_window(tabs[0].clone()).await.unwrap();
    }

    /// Clicks as soon as that is possible: the element is there, enabled, and under nothing else.
    pub(crate) async fn click(&self, css: &str) {
        self.once_it_can(css, "be clicked", async |found: Element| {
            found.click().await
        })
        .await;
    }

    /// Replaces what a field holds.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        self.once_it_can(css, "be filled", async |found: Element| {
            found.clear().await?;
            found.send_keys(text).await
        })
        .await;
    }

    /// Chooses from a list by the beginning of what the choice reads, as on a keyboard.
    pub(crate) async fn choose(&self, css: &str, choice: &str) {
        self.once_it_can(css, "be chosen from", async |found: Element| {
            found.send_keys(choice).await
        })
        .await;
    }

    /// Presses keys, wherever the focus is.
    pub(crate) async fn press(&self, keys: &[Key]) {
        for key in keys {
            let focused = self.client.active_element().await.unwrap();
            let text = String::from(char::from(*key));
            focused.send_keys(&text).await.unwrap();
        }
    }

    async fn once_it_can(
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
    /// The text of the first such element; `None` where there is none to be seen.
    pub(crate) async fn text(&self, css: &str) -> Option<String> {
        let text = self.script(TEXT, &[css]).await;
        text.as_str().map(str::to_owned)
    }

    /// Waits until the element's text is this.
    pub(crate) async fn shows(&self, css: &str, text: &str) {
        self.until(css, &format!("reads {text:?}"), |found| found == text)
            .await;
    }

    /// Waits until this is in the element's text.
    pub(crate) async fn mentions(&self, css: &str, text: &str) {
        let what = format!("mentions {text:?}");
        self.until(css, &what, |found| found.contains(text)).await;
    }

    /// That the page is still the one that was opened.
    pub(crate) async fn was_not_reloaded(&self) {
        let same = self.script("return window.isOpened === true", &[]).await;
        assert_eq!(same, json!(true), "the page was loaded again");
    }

    /// Waits until the element can be seen.
    pub(crate) async fn sees(&self, css: &str) {
        self.until(css, "is seen", |_| true).await;
    }

    async fn until(&self, css: &str, what: &str, so: impl Fn(&str) -> bool) {
        eventually(&format!("{css} {what}"), async || {
            match self.text(css).await {
                Some(found) if so(&found) => Ok(()),
                Some(found) => Err(format!("it reads {found:?}")),
                None => Err("it is not there".to_owned()),
            }
        })
        .await;
    }

    /// Waits until nothing of that kind can be seen any more.
    pub(crate) async fn misses(&self, css: &str) {
        eventually(&format!("{css} is gone"), async || {
            self.text(css).await.map_or(Ok(()), Err)
        })
        .await;
    }

    /// Waits until such elements read so, from the first to the last.
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

/// What only a program can do.
impl Browser {
    /// Runs the body of a function in the page and returns what it returns.
    pub(crate) async fn script(&self, body: &str, arguments: &[&str]) -> Value {
        let arguments = arguments.iter().map(|text| json!(text)).collect();
        self.client.execute(body, arguments).await.unwrap()
    }

    /// A command of the `DevTools` protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        session::devtools(&self.client, command, parameters).await
    }
}

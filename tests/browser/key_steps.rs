//! What a page has of an API key: where it asks for one, and where it must never show it.

use fantoccini::key::Key;
use serde_json::json;

use crate::stage::Browser;

/// What the console says of an answer to whoever has not said who they are.
pub(crate) const UNKNOWN: &str = "401 (Unauthorized";

/// All that the page shows, keeps for longer than the tab, or has in an address.
const TOLD: &str = "
    const addresses = [location, ...performance.getEntries().map(({ name }) => name)];
    const kept = [...Object.values(localStorage), document.cookie];
    const fields = [...document.querySelectorAll('input')].map(({ value }) => value);
    return [document.documentElement.outerHTML, ...addresses, ...kept, ...fields].join(' ');";

impl Browser {
    /// Types the key into the dialog that asks for it, and presses Enter.
    pub(crate) async fn enter_key(&self, key: &str) {
        self.sees("#key-field:focus").await;
        self.fill("#key-field", key).await;
        self.press(&[Key::Enter]).await;
    }

    /// Waits until the page asks for a key.
    pub(crate) async fn asks_for_a_key(&self) {
        self.sees("#key-dialog[open]").await;
    }

    /// Waits until the dialog says why the key is no good, and asks for another one.
    pub(crate) async fn hears_the_key_is_refused(&self, why: &str) {
        self.mentions("#key-error", why).await;
        self.sees("#key-field[aria-invalid=true]:focus").await;
    }

    /// Waits until the page has taken the key, and shows how to change or forget it.
    pub(crate) async fn has_a_key(&self) {
        self.misses("#key-dialog").await;
        self.sees("#key-change").await;
        self.sees("#key-forget").await;
    }

    /// That the key is kept for the tab and stands nowhere else.
    pub(crate) async fn keeps_to_itself(&self, key: &str) {
        let kept = self.script("return {...sessionStorage}", &[]).await;
        assert_eq!(kept, json!({"fairhold-key": key}));
        let told = self.script(TOLD, &[]).await;
        let told = told.as_str().unwrap();
        assert!(told.contains("/inventory"), "{told}");
        assert!(!told.contains(key), "the key is told");
    }

    /// That the tab knows of no key.
    pub(crate) async fn keeps_no_key(&self) {
        let kept = self.script("return {...sessionStorage}", &[]).await;
        assert_eq!(kept, json!({}));
    }
}

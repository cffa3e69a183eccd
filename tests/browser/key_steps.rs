//! Steps with API keys: entering them, and checking that no page reveals them.

use fantoccini::key::Key;
use serde_json::json;

use crate::harness::Browser;

/// The console message for a response with status 401.
pub(crate) const UNAUTHORIZED: &str = "401 (Unauthorized";

/// Everything the page shows, stores beyond the tab, or has in a URL.
const REVEALED: &str = "
    const addresses = [location, ...performance.getEntries().map(({ name }) => name)];
    const kept = [...Object.values(localStorage), document.cookie];
    const fields = [...document.querySelectorAll('input')].map(({ value }) => value);
    return [document.documentElement.outerHTML, ...addresses, ...kept, ...fields].join(' ');";

impl Browser {
    /// Types the key into the key dialog and presses Enter.
    pub(crate) async fn enter_key(&self, key: &str) {
        self.is_visible("#key-field:focus").await;
        self.fill("#key-field", key).await;
        self.press(&[Key::Enter]).await;
    }

    /// Waits until the page prompts for a key.
    pub(crate) async fn prompts_for_key(&self) {
        self.is_visible("#key-dialog[open]").await;
    }

    /// Waits until the dialog explains why it rejects the key, and is ready for another one.
    pub(crate) async fn rejects_key(&self, why: &str) {
        self.contains("#key-error", why).await;
        self.is_visible("#key-field[aria-invalid=true]:focus").await;
    }

    /// Waits until the page uses the key and offers to change or forget it.
    pub(crate) async fn accepts_key(&self) {
        self.is_gone("#key-dialog").await;
        self.is_visible("#key-change").await;
        self.is_visible("#key-forget").await;
    }

    /// Asserts that the key is stored for the tab and appears nowhere else.
    pub(crate) async fn assert_key_is_private(&self, key: &str) {
        let kept = self.script("return {...sessionStorage}", &[]).await;
        assert_eq!(kept, json!({"fairhold-key": key}));
        let revealed = self.script(REVEALED, &[]).await;
        let revealed = revealed.as_str().unwrap();
        assert!(revealed.contains("/inventory"), "{revealed}");
        assert!(!revealed.contains(key), "the page reveals the key");
    }

    /// Asserts that the tab stores no key.
    pub(crate) async fn assert_no_key_stored(&self) {
        let kept = self.script("return {...sessionStorage}", &[]).await;
        assert_eq!(kept, json!({}));
    }
}

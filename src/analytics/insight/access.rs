//! Where the model is, and how it is asked.

use std::fmt;
use std::time::Duration;

use axum::http::HeaderValue;
use reqwest::Url;

/// A model behind an OpenAI-compatible server.
#[derive(Debug, Clone)]
pub struct ModelAccess {
    /// The server.
    pub(super) base_url: BaseUrl,
    /// The model's name, as the server knows it.
    pub(super) model: String,
    /// What the server lets in by.
    pub(super) api_key: Option<ApiKey>,
    /// How many calls a minute may have.
    pub(super) calls_per_minute: u16,
    /// How long a call may take.
    pub(super) deadline: Duration,
}

/// What the paths of the protocol are added to, such as `https://api.openai.com/v1`: of http or
/// https, without a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BaseUrl(Url);

impl BaseUrl {
    /// Takes `text` if it is one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let spoken = matches!(url.scheme(), "http" | "https") && url.has_host();
        let named = !url.username().is_empty() || url.password().is_some();
        let more = url.query().is_some() || url.fragment().is_some();
        (spoken && !named && !more).then_some(Self(url))
    }

    /// Where completions of chats are asked for.
    pub(super) fn completions(&self) -> Url {
        let mut url = self.0.clone();
        let path = format!("{}/chat/completions", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    /// Whether the server is on this machine, where no proxy stands between.
    pub(super) fn is_local(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let address = host.parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

/// A secret that the model's server knows its callers by. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ApiKey(String);

impl ApiKey {
    /// Takes `secret` as it is.
    pub(super) fn new(secret: String) -> Self {
        Self(secret)
    }

    /// Whether it can stand in a header.
    pub(super) fn is_sendable(&self) -> bool {
        self.header().is_some()
    }

    /// The value of `Authorization`, which is not shown either.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let plain = !self.0.is_empty() && self.0.bytes().all(|c| c.is_ascii_graphic());
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        plain.then_some(value)
    }
}

impl From<String> for ApiKey {
    fn from(secret: String) -> Self {
        Self::new(secret)
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// Whether a server may know a model by this name: 1 to 200 characters that can be shown.
pub(super) fn is_model_name(name: &str) -> bool {
    let length = name.chars().count();
    let shown = !name.trim().is_empty() && !name.chars().any(char::is_control);
    length <= 200 && shown
}

#[cfg(test)]
mod tests {
    use super::{ApiKey, BaseUrl, is_model_name};

    #[test]
    fn completions_are_asked_for_below_the_base() {
        for (base, whole) in [
            ("http://models", "http://models/chat/completions"),
            (
                "http://models:8000/v1",
                "http://models:8000/v1/chat/completions",
            ),
            (
                "https://models/a/v1/",
                "https://models/a/v1/chat/completions",
            ),
        ] {
            let base = BaseUrl::parse(base).unwrap();
            assert_eq!(base.completions().as_str(), whole);
        }
    }

    #[test]
    fn what_is_no_base_url_is_not_taken() {
        for wrong in [
            "",
            "models/v1",
            "ftp://models/v1",
            "file:///etc/passwd",
            "http://",
            "https://user:secret@models/v1",
            "https://user@models/v1",
            "https://models/v1?key=secret",
            "https://models/v1#top",
        ] {
            assert_eq!(BaseUrl::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_server_on_this_machine_is_known() {
        for local in ["http://127.0.0.1:1", "http://[::1]/v1", "http://localhost"] {
            assert!(BaseUrl::parse(local).unwrap().is_local(), "{local}");
        }
        let remote = BaseUrl::parse("https://localhost.example/v1").unwrap();
        assert!(!remote.is_local());
    }

    #[test]
    fn a_key_is_never_shown() {
        let key = ApiKey::new("hunter2".to_owned());
        let header = key.header().unwrap();
        assert_eq!(header.as_bytes(), b"Bearer hunter2");
        let shown = format!("{key:?} {header:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        for wrong in ["", "a b", "a\nb", "schlüssel"] {
            assert!(!ApiKey::new(wrong.to_owned()).is_sendable(), "{wrong:?}");
        }
    }

    #[test]
    fn a_model_has_a_name_that_can_be_shown() {
        assert!(is_model_name("meta-llama/Llama-3.1 8B:q4"));
        for wrong in ["", "  ", "a\nb", &"m".repeat(201)] {
            assert!(!is_model_name(wrong), "{wrong:?}");
        }
    }
}

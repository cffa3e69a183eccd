//! The address, name and credentials of a model.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;

/// A model on an OpenAI-compatible server.
#[derive(Debug, Clone)]
pub struct ModelConfig {
    pub(super) base_url: BaseUrl,
    pub(super) model: String,
    pub(super) api_key: Option<ModelApiKey>,
    pub(super) calls_per_minute: u16,
    /// For a whole call.
    pub(super) timeout: Duration,
}

/// The base of the API's paths, such as `https://api.openai.com/v1`: http or https, without
/// credentials, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BaseUrl(Url);

impl BaseUrl {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_http = matches!(url.scheme(), "http" | "https") && url.has_host();
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        let has_suffix = url.query().is_some() || url.fragment().is_some();
        (is_http && !has_credentials && !has_suffix).then_some(Self(url))
    }

    /// The URL of chat completions.
    pub(super) fn completions(&self) -> Url {
        let mut url = self.0.clone();
        let path = format!("{}/chat/completions", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    /// Whether the server is on this machine, so that no proxy is used.
    pub(super) fn is_local(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let address = host.parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }
}

/// The API key for the model server. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ModelApiKey(String);

impl ModelApiKey {
    pub(super) fn new(secret: String) -> Self {
        Self(secret)
    }

    pub(super) fn is_valid_header(&self) -> bool {
        self.header().is_some()
    }

    /// The value of `Authorization`, marked as sensitive; `None` if the key is not printable ASCII.
    pub(super) fn header(&self) -> Option<HeaderValue> {
        let plain = !self.0.is_empty() && self.0.bytes().all(|c| c.is_ascii_graphic());
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        plain.then_some(value)
    }
}

impl From<String> for ModelApiKey {
    fn from(secret: String) -> Self {
        Self::new(secret)
    }
}

impl fmt::Debug for ModelApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ModelApiKey(…)")
    }
}

/// Whether `name` has 1 to 200 printable characters.
pub(super) fn is_model_name(name: &str) -> bool {
    let length = name.chars().count();
    let shown = !name.trim().is_empty() && !name.chars().any(char::is_control);
    length <= 200 && shown
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, ModelApiKey, is_model_name};

    #[test]
    fn completions_are_below_the_base_url() {
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
    fn invalid_base_urls_are_rejected() {
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
    fn loopback_servers_are_local() {
        for local in ["http://127.0.0.1:1", "http://[::1]/v1", "http://localhost"] {
            assert!(BaseUrl::parse(local).unwrap().is_local(), "{local}");
        }
        let remote = BaseUrl::parse("https://localhost.example/v1").unwrap();
        assert!(!remote.is_local());
    }

    #[test]
    fn debug_output_does_not_show_the_key() {
        let key = ModelApiKey::new("hunter2".to_owned());
        let header = key.header().unwrap();
        assert_eq!(header.as_bytes(), b"Bearer hunter2");
        let shown = format!("{key:?} {header:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
        for wrong in ["", "a b", "a\nb", "schlüssel"] {
            assert!(
                !ModelApiKey::new(wrong.to_owned()).is_valid_header(),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn a_model_name_is_printable() {
        assert!(is_model_name("meta-llama/Llama-3.1 8B:q4"));
        for wrong in ["", "  ", "a\nb", &"m".repeat(201)] {
            assert!(!is_model_name(wrong), "{wrong:?}");
        }
    }
}

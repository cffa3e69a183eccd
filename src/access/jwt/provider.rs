//! An identity provider's published keys, fetched and kept.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use reqwest::{Client, Url, redirect};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::error::TokenError;
use super::keys::{KeySet, PublicKey};
use crate::periodic::periodic;
use crate::telemetry::metrics;

/// How long the provider may take to respond.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The largest response, in bytes.
const LONGEST: usize = 256 * 1024;

/// The pause between fetches for unknown keys, so that tokens with made-up keys don't flood the
/// provider.
const PAUSE: Duration = Duration::from_secs(30);

/// How often the keys are fetched anyway, so that withdrawn keys are forgotten.
const INTERVAL: Duration = Duration::from_mins(5);

/// The same while the provider is unavailable.
const RETRY: Duration = Duration::from_secs(5);

/// The keys of a provider. The last fetched ones stay valid while it is unavailable.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    url: Url,
    client: Client,
    kept: Arc<RwLock<Kept>>,
    /// When the keys were last fetched. The holder of the lock fetches; others wait for the result.
    asked: Arc<Mutex<Option<Instant>>>,
}

#[derive(Debug)]
struct Kept {
    keys: Keys,
    /// When they were fetched, or the start if they never were.
    since: Instant,
}

#[derive(Debug)]
enum Keys {
    /// Not fetched yet.
    NotAsked,
    /// The fetch failed. Nobody waits for the next one.
    NotHad,
    Had(KeySet),
}

#[derive(Debug, Error)]
enum FetchError {
    #[error("the provider cannot be reached")]
    Http(#[source] reqwest::Error),
    #[error("the response exceeds {LONGEST} bytes")]
    TooLong,
    #[error("the response has no usable key")]
    NoKeys,
}

impl From<reqwest::Error> for FetchError {
    /// Without the URL, whose query may have a secret.
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

impl Provider {
    pub(super) fn new(url: Url) -> reqwest::Result<Self> {
        // reqwest is built without a default TLS provider; installing it twice is a no-op.
        let cryptography = rustls::crypto::ring::default_provider();
        cryptography.install_default().ok();
        let client = Client::builder()
            .timeout(TIMEOUT)
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self {
            url,
            client,
            kept: Arc::new(RwLock::new(Kept {
                keys: Keys::NotAsked,
                since: Instant::now(),
            })),
            asked: Arc::default(),
        })
    }

    /// The key of that id. Fetches the keys for an unknown id, unless they were fetched just now.
    ///
    /// # Errors
    /// When there is no such key, or there are none yet.
    pub(super) async fn key(&self, id: Option<&str>) -> Result<PublicKey, TokenError> {
        let known = self.known(id);
        if known.is_ok() || matches!(self.kept().keys, Keys::NotHad) {
            return known;
        }
        let mut asked = self.asked.lock().await;
        let known = self.known(id);
        let just_now = asked.is_some_and(|asked| asked.elapsed() < PAUSE);
        if known.is_ok() || just_now {
            return known;
        }
        self.ask(&mut asked).await;
        self.known(id)
    }

    /// Fetches the keys periodically until `stop` is cancelled.
    pub(super) async fn run(self, stop: CancellationToken) {
        self.watch();
        let fetching = || async {
            let answered = self.ask(&mut *self.asked.lock().await).await;
            if answered { INTERVAL } else { RETRY }
        };
        periodic(&stop, fetching).await;
    }

    fn known(&self, id: Option<&str>) -> Result<PublicKey, TokenError> {
        let Keys::Had(keys) = &self.kept().keys else {
            return Err(TokenError::NoKeys);
        };
        let unknown = TokenError::Wrong("the token is signed with an unknown key");
        keys.find(id).cloned().ok_or(unknown)
    }

    fn kept(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers the gauge of the keys' age.
    fn watch(&self) {
        let watched = self.clone();
        let age = move || Some(watched.age().as_secs_f64());
        let told = "Time since the identity provider's keys were fetched, or since the start.";
        metrics().register_sample_gauge("fairhold.provider.keys.age", "s", told, age);
    }

    fn age(&self) -> Duration {
        self.kept().since.elapsed()
    }

    /// Fetches the keys. Whether that succeeded.
    async fn ask(&self, asked: &mut Option<Instant>) -> bool {
        let fetched = self.fetch().await;
        let now = Instant::now();
        *asked = Some(now);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        match fetched {
            Ok(keys) => {
                *kept = Kept {
                    keys: Keys::Had(keys),
                    since: now,
                };
                true
            }
            Err(error) => {
                if matches!(kept.keys, Keys::NotAsked) {
                    kept.keys = Keys::NotHad;
                }
                drop(kept);
                let error: &dyn std::error::Error = &error;
                tracing::warn!(
                    error,
                    "cannot fetch the identity provider's keys; the last known ones stay valid"
                );
                false
            }
        }
    }

    async fn fetch(&self) -> Result<KeySet, FetchError> {
        let asked = self.client.get(self.url.clone()).send().await?;
        let mut answer = asked.error_for_status()?;
        let mut json = Vec::new();
        while let Some(part) = answer.chunk().await? {
            json.extend_from_slice(&part);
            if json.len() > LONGEST {
                return Err(FetchError::TooLong);
            }
        }
        KeySet::read(&json).ok_or(FetchError::NoKeys)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use axum::Router;
    use axum::routing::get;
    use tokio::net::TcpListener;

    use super::*;

    /// A provider with one key that counts its requests.
    async fn provider() -> (Provider, Arc<AtomicU32>) {
        let count = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&count);
        let publish = get(async move || {
            counted.fetch_add(1, Ordering::Relaxed);
            r#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "known",
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let serving = axum::serve(listener, Router::new().route("/", publish));
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
        tokio::spawn(serving.into_future());
        (Provider::new(url.parse().unwrap()).unwrap(), count)
    }

    #[tokio::test]
    async fn an_unknown_key_causes_one_fetch_in_30_seconds() {
        let (provider, asked) = provider().await;
        let made_up = async || provider.key(Some("made up")).await.is_ok();
        let at_once = tokio::join!(made_up(), made_up(), provider.key(Some("known")));
        assert!(!at_once.0 && !at_once.1 && at_once.2.is_ok());
        assert!(!made_up().await);
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        tokio::time::pause();
        tokio::time::advance(PAUSE / 2).await;
        assert!(!made_up().await);
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        tokio::time::advance(PAUSE / 2).await;
        tokio::time::resume();
        assert!(!made_up().await);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
        assert!(provider.key(Some("known")).await.is_ok());
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn the_age_of_the_keys_starts_with_their_fetch() {
        let (provider, _) = provider().await;
        tokio::time::pause();
        tokio::time::advance(INTERVAL).await;
        tokio::time::resume();
        assert!(provider.age() >= INTERVAL);
        assert!(provider.key(Some("known")).await.is_ok());
        assert!(provider.age() < INTERVAL);
    }
}

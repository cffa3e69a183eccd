//! An identity provider's published keys, fetched and kept.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use reqwest::{Client, Url, redirect};
use thiserror::Error;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::error::TokenError;
use super::keys::{KeySet, PublicKey};
use crate::telemetry::metrics;

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How much it may answer.
const LONGEST: usize = 256 * 1024;

/// How long after a fetch an unknown key may lead to another: tokens with made-up keys must not
/// have the provider flooded.
const PAUSE: Duration = Duration::from_secs(30);

/// How often the keys are fetched anyway, so that one that was withdrawn is forgotten.
const INTERVAL: Duration = Duration::from_mins(5);

/// The same while the provider is away.
const RETRY: Duration = Duration::from_secs(5);

/// The keys of a provider. Those that were fetched last hold while it is away.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    url: Url,
    client: Client,
    kept: Arc<RwLock<Kept>>,
    /// When it was last asked. Whoever holds the lock asks; others wait for what comes of it.
    asked: Arc<Mutex<Option<Instant>>>,
}

#[derive(Debug)]
struct Kept {
    keys: Keys,
    /// When they came; the start, as long as none have.
    since: Instant,
}

#[derive(Debug)]
enum Keys {
    /// The provider was not asked yet.
    NotAsked,
    /// It was asked in vain: nobody waits for it again, and they come when they come.
    NotHad,
    Had(KeySet),
}

#[derive(Debug, Error)]
enum FetchError {
    #[error("the provider can't be asked")]
    Http(#[source] reqwest::Error),
    #[error("the answer has more than {LONGEST} bytes")]
    TooLong,
    #[error("the answer has no key that can be used")]
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
        // The features of another crate leave the choice to us; who comes second finds it made.
        let cryptography = rustls::crypto::ring::default_provider();
        cryptography.install_default().ok();
        let client = Client::builder()
            .timeout(PATIENCE)
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

    /// The key of that id; asks the provider for one that is not known, if it was not asked just now.
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

    /// Fetches the keys at once and now and then, until `stop` is cancelled.
    pub(super) async fn run(self, stop: CancellationToken) {
        self.watch();
        while stop.run_until_cancelled(self.turn()).await.is_some() {}
    }

    async fn turn(&self) {
        let answered = self.ask(&mut *self.asked.lock().await).await;
        sleep(if answered { INTERVAL } else { RETRY }).await;
    }

    fn known(&self, id: Option<&str>) -> Result<PublicKey, TokenError> {
        let Keys::Had(keys) = &self.kept().keys else {
            return Err(TokenError::NoKeys);
        };
        let unknown = TokenError::Wrong("it is signed with a key that is not known");
        keys.find(id).cloned().ok_or(unknown)
    }

    fn kept(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows how old the keys are.
    fn watch(&self) {
        let watched = self.clone();
        let age = move || Some(watched.age().as_secs_f64());
        let told = "Time since the identity provider's keys were fetched, or since the start.";
        metrics().watch_sample("fairhold.provider.keys.age", "s", told, age);
    }

    fn age(&self) -> Duration {
        self.kept().since.elapsed()
    }

    /// Whether it answered.
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
                    "the identity provider's keys can't be had: those that are known hold"
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

    /// A provider that has nothing but one key, and counts how often it was asked.
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
    async fn an_unknown_key_has_the_provider_asked_once_in_30_seconds() {
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
    async fn keys_are_as_old_as_their_fetch() {
        let (provider, _) = provider().await;
        tokio::time::pause();
        tokio::time::advance(INTERVAL).await;
        tokio::time::resume();
        assert!(provider.age() >= INTERVAL);
        assert!(provider.key(Some("known")).await.is_ok());
        assert!(provider.age() < INTERVAL);
    }
}

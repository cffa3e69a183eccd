//! The API keys of the database, in the memory of this process.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::caller::Caller;
use super::model::Actor;
use super::secret::SecretHash;
use super::store::{self, ApiKey};

/// How often it is looked whether keys were made or revoked: a change holds within a second, even
/// where one look fails just after it.
const INTERVAL: Duration = Duration::from_millis(200);

/// How long a look may take. A connection that has fallen silent must not end all looking.
const PATIENCE: Duration = Duration::from_millis(350);

/// The keys that hold, as of the last look. While the database is away, they go on.
#[derive(Debug, Clone)]
pub struct ApiKeyCache {
    keys: watch::Sender<Keys>,
    pool: PgPool,
}

#[derive(Debug, Default)]
struct Keys {
    by_prefix: HashMap<[u8; 8], Vec<(SecretHash, Caller)>>,
    /// Whether a key was ever made. It stays so when the last one is revoked, and when the table
    /// is emptied under a process that runs.
    ever: bool,
    state: String,
}

impl ApiKeyCache {
    /// Reads the keys for the first time.
    pub async fn load(pool: PgPool) -> sqlx::Result<Self> {
        let cache = Self {
            keys: watch::Sender::default(),
            pool,
        };
        cache.refresh().await?;
        Ok(cache)
    }

    /// Reads the keys anew, if any has changed since the last time.
    pub async fn refresh(&self) -> sqlx::Result<()> {
        let state = store::state(&self.pool).await?;
        if self.keys.borrow().state == state {
            return Ok(());
        }
        let listed = store::list(&self.pool).await?;
        let keys = Keys::new(listed, state, self.is_in_use());
        self.keys.send_replace(keys);
        Ok(())
    }

    /// Whether a key was ever made: from then on, nobody is served without one.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.keys.borrow().ever
    }

    /// Who holds the key of this hash, if it holds.
    #[must_use]
    pub fn caller_of(&self, presented: &SecretHash) -> Option<Caller> {
        self.keys.borrow().caller_of(presented).cloned()
    }

    /// Returns once a key was made.
    pub(super) async fn until_in_use(&self) {
        self.until(|keys| keys.ever).await;
    }

    /// Returns once the key of this hash does not hold any more.
    pub(super) async fn until_revoked(&self, hash: &SecretHash) {
        self.until(|keys| keys.caller_of(hash).is_none()).await;
    }

    async fn until(&self, condition: impl FnMut(&Keys) -> bool) {
        // It can only fail where there is no sender any more, and here is one.
        let _ = self.keys.subscribe().wait_for(condition).await;
    }
}

impl Keys {
    fn new(listed: Vec<ApiKey>, state: String, ever: bool) -> Self {
        let mut keys = Self {
            by_prefix: HashMap::new(),
            ever: ever || !listed.is_empty(),
            state,
        };
        for key in listed.into_iter().filter(|key| key.revoked_at.is_none()) {
            let caller = Caller::Key {
                actor: Actor::key(&key.name),
                scope: key.scope,
            };
            let same_prefix = keys.by_prefix.entry(key.hash.lookup_prefix()).or_default();
            same_prefix.push((key.hash, caller));
        }
        keys
    }

    fn caller_of(&self, presented: &SecretHash) -> Option<&Caller> {
        let near = self.by_prefix.get(&presented.lookup_prefix())?;
        let (_, caller) = near.iter().find(|(kept, _)| kept.matches(presented))?;
        Some(caller)
    }
}

/// Keeps the keys fresh until `stop` is cancelled. A failure is logged once, until it is over.
pub async fn run(cache: ApiKeyCache, stop: CancellationToken) {
    let mut failing = false;
    while stop.run_until_cancelled(sleep(INTERVAL)).await.is_some() {
        let look = timeout(PATIENCE, cache.refresh());
        let failure = match stop.run_until_cancelled(look).await {
            Some(Ok(Ok(()))) => None,
            Some(Ok(Err(error))) => Some(error.to_string()),
            Some(Err(_elapsed)) => Some("no answer in time".to_owned()),
            None => return,
        };
        match &failure {
            Some(error) if !failing => {
                tracing::warn!(%error, "the API keys can't be read: the last known ones hold");
            }
            None if failing => tracing::info!("the API keys are read again"),
            Some(_) | None => {}
        }
        failing = failure.is_some();
    }
}

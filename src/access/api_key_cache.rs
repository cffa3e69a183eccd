//! The API keys of the database, cached in memory.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::caller::Caller;
use super::model::Actor;
use super::secret::SecretHash;
use super::store::{self, ApiKey};
use crate::deadline::Deadline;
use crate::periodic::{FailureLog, periodic};

/// How often the keys are refreshed: a new or revoked key takes effect within a second, even if one
/// refresh fails.
const INTERVAL: Duration = Duration::from_millis(200);

/// How long a refresh may take. A connection that has gone silent must not end all refreshing.
const REFRESH_TIMEOUT: Duration = Duration::from_millis(350);

/// The valid keys as of the last refresh. They stay valid while the database is unavailable.
#[derive(Debug, Clone)]
pub struct ApiKeyCache {
    keys: watch::Sender<Keys>,
    pool: PgPool,
}

#[derive(Debug, Default)]
struct Keys {
    by_prefix: HashMap<[u8; 8], Vec<(SecretHash, Caller)>>,
    /// Whether a key was ever created, even if the last one was revoked or the table emptied since.
    ever: bool,
    state: String,
}

impl ApiKeyCache {
    /// Loads the keys.
    pub async fn load(pool: PgPool) -> sqlx::Result<Self> {
        let cache = Self {
            keys: watch::Sender::default(),
            pool,
        };
        cache.refresh().await?;
        Ok(cache)
    }

    /// Reloads the keys if any has changed.
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

    /// Whether a key was ever created: from then on, every caller needs a credential.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.keys.borrow().ever
    }

    /// The holder of a valid key of this hash.
    #[must_use]
    pub fn caller_of(&self, presented: &SecretHash) -> Option<Caller> {
        self.keys.borrow().caller_of(presented).cloned()
    }

    /// Returns once a key was created.
    pub(super) async fn until_in_use(&self) {
        self.until(|keys| keys.ever).await;
    }

    /// Returns once the key of this hash is revoked.
    pub(super) async fn until_revoked(&self, hash: &SecretHash) {
        self.until(|keys| keys.caller_of(hash).is_none()).await;
    }

    async fn until(&self, condition: impl FnMut(&Keys) -> bool) {
        // It fails only without a sender, and `self` has one.
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

/// Refreshes the keys until `stop` is cancelled. While that fails, the last known keys stay valid.
pub async fn run(cache: ApiKeyCache, stop: CancellationToken) {
    let log = FailureLog::new("the refresh of the API keys");
    let refreshing = || async {
        let refresh = Deadline::after(REFRESH_TIMEOUT).run(cache.refresh());
        log.note(refresh.await);
        INTERVAL
    };
    periodic(&stop, refreshing).await;
}

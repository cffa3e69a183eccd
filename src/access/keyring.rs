//! The API keys of the database, in the memory of this process.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::caller::Caller;
use super::model::Actor;
use super::secret::Digest;
use super::store::{self, ApiKey};

/// How often it is looked whether keys were made or revoked: a change holds within a second, even
/// where one look fails.
const INTERVAL: Duration = Duration::from_millis(250);

/// How long a look may take. A connection that has fallen silent must not end all looking.
const PATIENCE: Duration = Duration::from_secs(2);

/// The keys that hold, as of the last look. While the database is away, they go on.
#[derive(Debug, Clone)]
pub struct Keyring {
    keys: Arc<RwLock<Arc<Keys>>>,
    pool: PgPool,
}

#[derive(Debug, Default)]
struct Keys {
    shelves: HashMap<[u8; 8], Vec<(Digest, Caller)>>,
    /// Whether a key was ever made. It stays so when the last one is revoked, and when the table
    /// is emptied under a process that runs.
    ever: bool,
    state: String,
}

impl Keyring {
    /// Reads the keys for the first time.
    pub async fn load(pool: PgPool) -> sqlx::Result<Self> {
        let keyring = Self {
            keys: Arc::default(),
            pool,
        };
        keyring.refresh().await?;
        Ok(keyring)
    }

    /// Reads the keys anew, if any has changed since the last time.
    pub async fn refresh(&self) -> sqlx::Result<()> {
        let state = store::state(&self.pool).await?;
        let known = self.keys();
        if known.state == state {
            return Ok(());
        }
        let listed = store::list(&self.pool).await?;
        let keys = Arc::new(Keys::new(listed, state, known.ever));
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        Ok(())
    }

    /// Whether a key was ever made: from then on, nobody is served without one.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.keys().ever
    }

    /// Who holds the key that was presented, if it holds.
    #[must_use]
    pub fn holder_of(&self, presented: &str) -> Option<Caller> {
        let digest = Digest::of(presented);
        let keys = self.keys();
        let near = keys.shelves.get(&digest.shelf())?;
        let (_, caller) = near.iter().find(|(kept, _)| kept.is(&digest))?;
        Some(caller.clone())
    }

    fn keys(&self) -> Arc<Keys> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&keys)
    }
}

impl Keys {
    fn new(listed: Vec<ApiKey>, state: String, ever: bool) -> Self {
        let mut keys = Self {
            shelves: HashMap::new(),
            ever: ever || !listed.is_empty(),
            state,
        };
        for key in listed.into_iter().filter(|key| key.revoked_at.is_none()) {
            let caller = Caller::Key {
                actor: Actor::key(&key.name),
                scope: key.scope,
            };
            let shelf = keys.shelves.entry(key.digest.shelf()).or_default();
            shelf.push((key.digest, caller));
        }
        keys
    }
}

/// Keeps the keys fresh until `stop` is cancelled. A failure is logged once, until it is over.
pub async fn run(keyring: Keyring, stop: CancellationToken) {
    let mut failing = false;
    while stop.run_until_cancelled(sleep(INTERVAL)).await.is_some() {
        let look = timeout(PATIENCE, keyring.refresh());
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

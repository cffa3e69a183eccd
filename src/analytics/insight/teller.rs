//! Tells of SKUs: each version once, however many ask, and remembers for a while what it told.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::Expiry;
use moka::future::Cache;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::super::Health;
use super::access::ModelAccess;
use super::chat::ClientError;
use super::speaker::Speaker;
use super::{Insight, Source, rules, store};
use crate::deadline::Deadline;
use crate::http::Problem;
use crate::inventory::Sku;

/// How many answers are remembered, a kilobyte or so each.
const CAPACITY: u64 = 4096;

/// How long an answer of the model is remembered …
const MODEL_TIME: Duration = Duration::from_mins(1);

/// … and one of the rules: they cost a look at the ledger, and a model may be well again.
const RULES_TIME: Duration = Duration::from_secs(2);

/// A SKU, and the version of its row.
type Stand = (Sku, i64);

/// Tells what there is to say of a SKU.
#[derive(Debug)]
pub struct Teller {
    pool: PgPool,
    speaker: Option<Speaker>,
    told: Cache<Stand, Insight>,
    tracker: TaskTracker,
    stop: CancellationToken,
}

struct Lifetime;

impl Expiry<Stand, Insight> for Lifetime {
    fn expire_after_create(&self, _: &Stand, told: &Insight, _: Instant) -> Option<Duration> {
        Some(match told.source {
            Source::Model => MODEL_TIME,
            Source::Rules => RULES_TIME,
        })
    }
}

impl Teller {
    /// Reads with `pool`, and asks the model where there is `access` to one. Its work ends when
    /// `stop` is cancelled, and `tracker` can wait for that.
    ///
    /// # Errors
    /// When the client can't be made.
    pub fn new(
        pool: PgPool,
        access: Option<&ModelAccess>,
        tracker: TaskTracker,
        stop: CancellationToken,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            pool,
            speaker: access.map(Speaker::new).transpose()?,
            told: Cache::builder()
                .max_capacity(CAPACITY)
                .expire_after(Lifetime)
                .build(),
            tracker,
            stop,
        })
    }

    /// What there is to say of a SKU that stands so. Holds no connection while it waits for the
    /// model.
    pub(crate) async fn tell(self: Arc<Self>, health: Health) -> Result<Insight, Problem> {
        let stand = (health.sku.clone(), health.version);
        if let Some(told) = self.told.get(&stand).await {
            return Ok(told);
        }
        // A task of its own, so that a client that hangs up neither wastes a call to the model nor
        // hides that it failed.
        let teller = Arc::clone(&self);
        let work = async move { teller.tell_once(stand, health).await };
        let stop = self.stop.clone();
        let task = async move { stop.run_until_cancelled(work).await };
        match self.tracker.spawn(task.in_current_span()).await {
            Ok(Some(told)) => told,
            Ok(None) | Err(_) => Err(sqlx::Error::Io(ErrorKind::Interrupted.into()).into()),
        }
    }

    /// Who comes while another works on the same waits for that one.
    async fn tell_once(&self, stand: Stand, health: Health) -> Result<Insight, Problem> {
        let told = self.told.try_get_with(stand, self.tell_anew(health)).await;
        told.map_err(Arc::unwrap_or_clone)
    }

    async fn tell_anew(&self, health: Health) -> Result<Insight, Problem> {
        let figures = Deadline::of_job_step()
            .run(store::figures(&self.pool, health))
            .await?;
        let said = match &self.speaker {
            Some(speaker) => speaker.say(&figures).await.map(|said| (speaker, said)),
            None => None,
        };
        let (source, model, summary) = match said {
            Some((speaker, said)) => (Source::Model, Some(speaker.model().to_owned()), said),
            None => (Source::Rules, None, rules::summarize(&figures)),
        };
        Ok(Insight {
            sku: figures.health.sku,
            ai_enabled: self.speaker.is_some(),
            source,
            summary,
            model,
            generated_at: figures.now,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_model_is_remembered_for_a_minute_and_the_rules_for_two_seconds() {
        let lasts = |source| {
            let told = Insight {
                sku: Sku::parse("A").unwrap(),
                ai_enabled: true,
                source,
                summary: String::new(),
                model: None,
                generated_at: DateTime::UNIX_EPOCH,
            };
            Lifetime.expire_after_create(&(told.sku.clone(), 1), &told, Instant::now())
        };
        assert_eq!(lasts(Source::Model), Some(Duration::from_mins(1)));
        assert_eq!(lasts(Source::Rules), Some(Duration::from_secs(2)));
    }
}

//! Writes old reservations, with their ledger rows, counters and user behavior.
//!
//! Half of them belong to one SKU, the others to 99 more in turn, one every 250 ms. Of five, three were
//! confirmed and one was cancelled within ten minutes; one expired. Users return to the same SKU, and
//! have even numbers.

mod derived;
mod model;
mod reservations;

pub(crate) use self::model::{History, PREFIX};

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};

use self::model::SKUS;
use crate::demand::Demand;
use crate::deployment::{self, Deployment};
use crate::fixture::DAY;
use crate::outcome::number;

impl History {
    /// Fills an empty deployment, with `units` left for each SKU.
    pub(crate) async fn write(self, books: &mut Deployment, units: u64) -> anyhow::Result<()> {
        let skus = Demand::new(PREFIX, SKUS, 0.0).skus;
        let units = units + self.reservations;
        deployment::stock(&books.fairhold, &skus, units, DAY).await?;
        let start = date_back(&mut books.connection, number(self.reservations) / 4.0).await?;
        // The first SKU shares no row with the others, so two sessions can run in parallel.
        let (mut one, mut others) = (books.connect().await?, books.connect().await?);
        tokio::try_join!(
            self.fill(&mut one, true, start),
            self.fill(&mut others, false, start)
        )?;
        deployment::vacuum(&mut books.connection).await?;
        Ok(())
    }

    async fn fill(
        self,
        connection: &mut PgConnection,
        first: bool,
        start: DateTime<Utc>,
    ) -> anyhow::Result<()> {
        let mut transaction = connection.begin().await?;
        sqlx::query!(r#"select set_config('work_mem', '256MB', true) as "work_mem!""#)
            .fetch_one(&mut *transaction)
            .await?;
        reservations::reserve(&mut transaction, self, first, start).await?;
        derived::ledger(&mut transaction, first).await?;
        derived::behavior(&mut transaction, first, start).await?;
        derived::stock(&mut transaction, first).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Moves the creation of the SKUs to before the history, which covers `seconds` and ended a minute ago.
/// Returns its beginning.
async fn date_back(connection: &mut PgConnection, seconds: f64) -> sqlx::Result<DateTime<Utc>> {
    sqlx::query_scalar!(
        r#"
        with beginning as materialized (
            select date_trunc('milliseconds', now()) - make_interval(secs => $1)
                - interval '1 day 1 minute' as at
        ),
        s as (
            update skus set created_at = at, updated_at = at from beginning
        ),
        l as (
            update ledger set recorded_at = at from beginning
        )
        select at as "at!" from beginning
        "#,
        seconds,
    )
    .fetch_one(connection)
    .await
}

//! Books with a past: reservations that ended long ago, with all that was written for them.
//!
//! Half of them are of one SKU, the others of 99 more, in turns, one every quarter of a second. Of
//! five, three were confirmed and one cancelled within ten minutes; one expired. Users came back to
//! the same SKU, and have an even number each.

mod count;
mod reservations;

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection};

use crate::books::{self, Books};
use crate::crowd::Crowd;
use crate::outcome::number;
use crate::stage::DAY;

const SKUS: u32 = 100;

/// What the SKUs are called; the first is the one with half of the past.
pub(crate) const PREFIX: &str = "AGED";

/// How much of a past.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past {
    pub(crate) reservations: u64,
    /// How many of these each user made.
    pub(crate) of_each_user: u64,
}

impl Past {
    /// Fills empty books, with `units` for each SKU on top of what was sold.
    pub(crate) async fn write(self, books: &mut Books, units: u64) -> anyhow::Result<()> {
        let skus = Crowd::new(PREFIX, SKUS, 0.0).skus;
        let units = units + self.reservations;
        books::stock(&books.fairhold, &skus, units, DAY).await?;
        let start = date_back(&mut books.connection, number(self.reservations) / 4.0).await?;
        // The first SKU and all others share no row, so that two sessions fill at once.
        let (mut one, mut others) = (books.connect().await?, books.connect().await?);
        tokio::try_join!(
            self.fill(&mut one, true, start),
            self.fill(&mut others, false, start)
        )?;
        books::settle(&mut books.connection).await?;
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
        count::ledger(&mut transaction, first).await?;
        count::behavior(&mut transaction, first, start).await?;
        count::stock(&mut transaction, first).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Moves what was stocked to before the past, which lasts for `seconds` and whose last hold ended
/// lately. When it begins.
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

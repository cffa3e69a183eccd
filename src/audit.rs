//! Proves the rules from the tables and the ledger.

use std::fmt;
use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};

use crate::database::weakens_durability;

/// How many discrepancies a report shows for each rule.
const SHOWN: usize = 20;

/// A place where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    /// Which rule.
    pub rule: String,
    /// On which SKU.
    pub sku: String,
    /// Where.
    pub place: String,
    /// What the rule asks for.
    pub expected: String,
    /// What is there instead.
    pub found: String,
}

/// What an audit counted and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    counted: Counted,
    discrepancies: Vec<Discrepancy>,
    took: Duration,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Counted {
    skus: i64,
    units: i64,
    entries: i64,
    waiting: i64,
    promoted: i64,
    confirmed: i64,
    expired: i64,
    reservations: i64,
    keys: i64,
    durable: String,
}

/// Holds every rule against one snapshot of the books. Takes no lock, so a sale goes on meanwhile.
pub async fn audit(connection: &mut PgConnection) -> sqlx::Result<Report> {
    let begun = Instant::now();
    let mut snapshot = connection
        .begin_with("begin isolation level repeatable read read only")
        .await?;
    // The view sorts and hashes whole tables, in this transaction only: in memory, and without a
    // compilation that takes longer than it saves.
    sqlx::query!(
        r#"
        select
            set_config('work_mem', '64MB', true) as "work_mem!",
            set_config('jit', 'off', true) as "jit!"
        "#,
    )
    .fetch_one(&mut *snapshot)
    .await?;
    let counted = sqlx::query_as!(
        Counted,
        r#"
        select
            s.skus as "skus!",
            s.units as "units!",
            l.entries as "entries!",
            (select count(*) from waitlist) as "waiting!",
            l.promoted as "promoted!",
            l.confirmed as "confirmed!",
            l.expired as "expired!",
            (select count(*) from every_reservation) as "reservations!",
            (select count(*) from idempotency_keys) as "keys!",
            (
                select string_agg(name || ' = ' || setting, ', ' order by name)
                from pg_settings
                where name in ('fsync', 'full_page_writes', 'synchronous_commit')
            ) as "durable!"
        from (
            select count(*) as skus, coalesce(sum(total_quantity), 0)::bigint as units
            from skus
        ) as s
        cross join (
            select
                count(*) as entries,
                count(*) filter (where kind = 'PROMOTED') as promoted,
                count(*) filter (where kind = 'CONFIRMED') as confirmed,
                count(*) filter (where kind = 'EXPIRED') as expired
            from ledger
        ) as l
        "#,
    )
    .fetch_one(&mut *snapshot)
    .await?;
    let discrepancies = sqlx::query_as!(
        Discrepancy,
        r#"
        select
            rule as "rule!", sku as "sku!", place as "place!", expected as "expected!",
            found as "found!"
        from audit_discrepancies
        order by rule, sku, place
        "#,
    )
    .fetch_all(&mut *snapshot)
    .await?;
    snapshot.commit().await?;
    Ok(Report {
        counted,
        discrepancies,
        took: begun.elapsed(),
    })
}

impl Report {
    /// Whether every rule holds.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.discrepancies.is_empty() && self.is_durable()
    }

    /// The places where a rule is broken.
    #[must_use]
    pub fn discrepancies(&self) -> &[Discrepancy] {
        &self.discrepancies
    }

    fn is_durable(&self) -> bool {
        let mut settings = self.counted.durable.split(", ");
        settings.all(|setting| {
            let value = setting.split(" = ").last();
            value.is_some_and(|value| !weakens_durability(value))
        })
    }

    /// Each rule of the contract, by its number: the name in `audit_discrepancies`, what it says,
    /// and what was counted to prove it.
    fn rules(&self) -> [(&'static str, &'static str, String); 8] {
        let c = &self.counted;
        let skus = format!("{} SKUs with {} units", c.skus, c.units);
        let line = format!("{} promotions, {} waiting", c.promoted, c.waiting);
        let ends = format!("{} confirmed, {} expired", c.confirmed, c.expired);
        let once = format!("{} reservations, {} keys", c.reservations, c.keys);
        [
            ("no_overselling", "No overselling", skus),
            ("strict_order", "Strict order", line),
            (
                "no_idle_stock",
                "No idle stock",
                format!("{} waiting", c.waiting),
            ),
            ("exact_expiry", "Expiry is exact", ends),
            ("durable", "An answer is durable", c.durable.clone()),
            ("once", "Once", once),
            (
                "all_recorded",
                "All is recorded",
                format!(
                    "{} ledger entries replayed in {:.2} s",
                    c.entries,
                    self.took.as_secs_f64()
                ),
            ),
            (
                "one_row_lock",
                "One transaction, one row lock",
                format!("{} ledger entries in {} unbroken orders", c.entries, c.skus),
            ),
        ]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (rule, title, counted)) in (1..).zip(self.rules()) {
            let broken: Vec<_> = self
                .discrepancies
                .iter()
                .filter(|discrepancy| discrepancy.rule == rule)
                .collect();
            let holds = broken.is_empty() && (rule != "durable" || self.is_durable());
            let word = if holds { "holds " } else { "BROKEN" };
            writeln!(f, "{number} {word}  {title}: {counted}")?;
            for discrepancy in broken.iter().take(SHOWN) {
                let Discrepancy {
                    sku,
                    place,
                    expected,
                    found,
                    ..
                } = discrepancy;
                writeln!(f, "    {sku}, {place}: expected {expected}; found {found}")?;
            }
            if broken.len() > SHOWN {
                writeln!(f, "    and {} more", broken.len() - SHOWN)?;
            }
        }
        Ok(())
    }
}

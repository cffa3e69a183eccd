//! The audit: proves the rules from the tables and the ledger.

use std::fmt;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::{Connection, PgConnection};

use crate::database::weakens_durability;

/// How many discrepancies a report shows for each rule.
const SHOWN: usize = 20;

/// A breach of a rule: one row of the view `audit_discrepancies`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discrepancy {
    pub rule: String,
    pub sku: String,
    /// Where it is, such as a reservation or a ledger entry.
    pub place: String,
    pub expected: String,
    pub found: String,
}

/// The result of an audit. It displays as one line for each rule and a summary.
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
    database: String,
    server_version: String,
    audited_at: DateTime<Utc>,
}

/// Checks every rule against one snapshot of the tables. Takes no lock, so that sales go on meanwhile.
pub async fn audit(connection: &mut PgConnection) -> sqlx::Result<Report> {
    let begun = Instant::now();
    let mut snapshot = connection
        .begin_with("begin isolation level repeatable read read only")
        .await?;
    // The view sorts and hashes whole tables: in this transaction it may use more memory, and no JIT
    // compilation, which would take longer than it saves.
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
            ) as "durable!",
            current_database() as "database!",
            current_setting('server_version') as "server_version!",
            clock_timestamp() as "audited_at!"
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
    pub fn passes(&self) -> bool {
        self.discrepancies.is_empty() && self.is_durable()
    }

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

    fn breaches(&self, rule: &str) -> impl Iterator<Item = &Discrepancy> {
        let discrepancies = self.discrepancies.iter();
        discrepancies.filter(move |discrepancy| discrepancy.rule == rule)
    }

    fn rule_holds(&self, rule: &str) -> bool {
        self.breaches(rule).next().is_none() && (rule != "durable" || self.is_durable())
    }

    /// The rules in the order of their numbers: the name in `audit_discrepancies`, the title, and the
    /// evidence.
    fn rules(&self) -> [(&'static str, &'static str, String); 8] {
        let c = &self.counted;
        let skus = format!("{} SKUs with {} units", c.skus, c.units);
        let waitlist = format!("{} promotions, {} waiting", c.promoted, c.waiting);
        let ends = format!("{} confirmed, {} expired", c.confirmed, c.expired);
        let once = format!("{} reservations, {} keys", c.reservations, c.keys);
        [
            ("no_overselling", "No overselling", skus),
            ("strict_order", "Strict order", waitlist),
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
                format!(
                    "{} ledger entries without gaps on {} SKUs",
                    c.entries, c.skus
                ),
            ),
        ]
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules = self.rules();
        let mut passed = 0;
        for (number, (rule, title, evidence)) in (1..).zip(&rules) {
            let holds = self.rule_holds(rule);
            passed += usize::from(holds);
            let verdict = if holds { "PASS" } else { "FAIL" };
            writeln!(f, "{verdict}  {number} {title}: {evidence}")?;
            for breach in self.breaches(rule).take(SHOWN) {
                let Discrepancy {
                    rule: _,
                    sku,
                    place,
                    expected,
                    found,
                } = breach;
                writeln!(
                    f,
                    "      {sku}, {place}: expected {expected}; found {found}"
                )?;
            }
            let hidden = self.breaches(rule).skip(SHOWN).count();
            if hidden > 0 {
                writeln!(f, "      and {hidden} more")?;
            }
        }
        let Counted {
            database,
            server_version,
            audited_at,
            ..
        } = &self.counted;
        let time = audited_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        writeln!(
            f,
            "{passed} of {} rules hold; database {database}, {time}, PostgreSQL {server_version}, \
             Fairhold {}",
            rules.len(),
            env!("CARGO_PKG_VERSION"),
        )
    }
}

//! What a request is charged, from its arrival to its answer.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use super::cost::Cost;
use super::fields;
use super::limiter::{Charged, Limiter, Place};
use super::model::{Account, Level, Limit};
use super::quota::whole_seconds;
use crate::http::{Problem, ProblemType};
use crate::reservations::UserId;
use crate::telemetry::metrics;

/// What a request is charged so far. One that nobody counts is charged nothing.
#[derive(Debug, Clone, Default)]
pub struct Tab(Option<Arc<Bill>>);

#[derive(Debug)]
struct Bill {
    limiter: Arc<Limiter>,
    price: u32,
    entries: Mutex<Vec<Entry>>,
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) account: Account,
    pub(super) level: Level,
    place: Place,
}

impl Tab {
    pub(super) fn open(limiter: Arc<Limiter>, price: u32) -> Self {
        let entries = Mutex::new(Vec::new());
        Self(Some(Arc::new(Bill {
            limiter,
            price,
            entries,
        })))
    }

    /// Charges a command to the user for whom it is, unless that was done.
    ///
    /// # Errors
    /// When they have to wait. The request must then change nothing.
    pub async fn charge_user(&self, user: &UserId) -> Result<(), Problem> {
        match &self.0 {
            Some(bill) if !bill.has(Limit::User) => {
                let account = bill.limiter.account(Limit::User, user.as_str());
                bill.charge(Vec::from_iter(account)).await
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Charges `accounts`.
    pub(super) async fn charge(&self, accounts: Vec<Account>) -> Result<(), Problem> {
        match &self.0 {
            Some(bill) => bill.charge(accounts).await,
            None => Ok(()),
        }
    }

    /// Gives back what a command that was carried out before has paid too much.
    pub(super) async fn was_replayed(&self) {
        if let Some(bill) = &self.0 {
            bill.give_back(bill.price.saturating_sub(Cost::Read.units()))
                .await;
        }
    }

    /// Tells the client how it stands.
    pub(super) fn show(&self, headers: &mut HeaderMap) {
        if let Some(bill) = &self.0 {
            fields::show(&bill.entries(), headers);
        }
    }
}

impl Bill {
    fn has(&self, limit: Limit) -> bool {
        self.entries()
            .iter()
            .any(|entry| entry.account.limit == limit)
    }

    async fn charge(&self, accounts: Vec<Account>) -> Result<(), Problem> {
        if accounts.is_empty() {
            return Ok(());
        }
        let Charged { levels, place } = self.limiter.charge(&accounts, self.price).await;
        let refused = accounts
            .iter()
            .zip(&levels)
            .find_map(|(account, level)| Some((account.limit, level.wait?)));
        if refused.is_some() {
            // What was paid before was for nothing.
            self.give_back(self.price).await;
        }
        let entries = accounts
            .into_iter()
            .zip(levels)
            .map(|(account, level)| Entry {
                account,
                level,
                place,
            });
        self.entries().extend(entries);
        refused.map_or(Ok(()), |(limit, wait)| Err(refusal(limit, wait)))
    }

    async fn give_back(&self, units: u32) {
        let entries = self.entries().clone();
        for Entry { account, place, .. } in entries {
            self.limiter.give_back(&[account], units, place).await;
        }
        for entry in self.entries().iter_mut() {
            entry.level.remaining += units;
        }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn refusal(limit: Limit, wait: Duration) -> Problem {
    metrics().limited(limit.name());
    let whose = match limit {
        Limit::User => "user",
        Limit::Key => "API key",
        Limit::Address => "address",
    };
    let detail = format!("The limit for this {whose} is used up. Nothing was changed.");
    let seconds = whole_seconds(wait).max(1);
    Problem::new(ProblemType::RateLimited, detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}

impl<S: Send + Sync> FromRequestParts<S> for Tab {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

//! The commands of the allocation, and their outcomes.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::idempotency::{Disposition, IdempotencyKey};
use crate::ids::{Actor, Quantity, ReservationId, Sku, UserId};
use crate::inventory::{Inventory, StockChange};
use crate::reservations::{Reservation, ReservationStatus};
use crate::waitlist::WaitlistPosition;

/// Reserves stock, or joins the waitlist.
#[derive(Debug, Clone)]
pub struct Reserve {
    pub sku: Sku,
    pub user_id: UserId,
    pub quantity: Quantity,
    /// The id that a new reservation gets.
    pub reservation_id: ReservationId,
    pub idempotency_key: Option<IdempotencyKey>,
    /// For the ledger; `None` for anonymous requests.
    pub actor: Option<Actor>,
}

/// Turns a hold into a sale.
#[derive(Debug, Clone)]
pub struct Confirm {
    pub sku: Sku,
    pub reservation_id: ReservationId,
    /// A user changes only their own reservations.
    pub actor: Option<Actor>,
}

/// Ends a hold, or leaves the waitlist.
#[derive(Debug, Clone)]
pub struct Cancel {
    pub sku: Sku,
    pub reservation_id: ReservationId,
    /// A user changes only their own reservations.
    pub actor: Option<Actor>,
}

/// Adds stock or takes available stock away.
#[derive(Debug, Clone)]
pub struct Restock {
    pub sku: Sku,
    pub change: StockChange,
    /// For the ledger.
    pub reason: Option<String>,
    pub idempotency_key: Option<IdempotencyKey>,
    /// For the ledger; `None` for anonymous requests.
    pub actor: Option<Actor>,
}

/// Ends the due holds of a SKU, up to a limit.
#[derive(Debug, Clone)]
pub struct Expire {
    pub sku: Sku,
}

#[derive(Debug, Clone)]
pub enum Command {
    Reserve(Reserve),
    Confirm(Confirm),
    Cancel(Cancel),
    Restock(Restock),
    Expire(Expire),
}

impl Command {
    /// The SKU whose row the command locks.
    #[must_use]
    pub fn sku(&self) -> &Sku {
        match self {
            Self::Reserve(reserve) => &reserve.sku,
            Self::Confirm(confirm) => &confirm.sku,
            Self::Cancel(cancel) => &cancel.sku,
            Self::Restock(restock) => &restock.sku,
            Self::Expire(expire) => &expire.sku,
        }
    }

    /// `None` for anonymous requests, and for the expiry sweep.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        match self {
            Self::Reserve(reserve) => reserve.actor.as_ref(),
            Self::Confirm(confirm) => confirm.actor.as_ref(),
            Self::Cancel(cancel) => cancel.actor.as_ref(),
            Self::Restock(restock) => restock.actor.as_ref(),
            Self::Expire(_) => None,
        }
    }
}

/// A reservation that is new, or that the user had already.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserved {
    pub reservation: Reservation,
    /// Where it stands in the waitlist, if it waits.
    pub position: Option<WaitlistPosition>,
    pub disposition: Disposition,
    /// Whether an earlier request with the same key made it.
    pub replayed: bool,
}

#[derive(Debug, Clone, PartialEq, Error)]
pub enum ReserveError {
    #[error("there is no such SKU")]
    UnknownSku,
    #[error("the user has a live reservation of another quantity")]
    LiveReservationExists {
        reservation: Box<Reservation>,
        /// Where it stands in the waitlist, if it waits.
        position: Option<WaitlistPosition>,
    },
    #[error("not enough units are available, and the waitlist is closed or full")]
    SoldOut {
        available: i64,
        waitlist_size: i64,
        /// How many may wait; `None`: no limit.
        waitlist_limit: Option<i64>,
    },
    #[error("the quantity exceeds the total of {total} units")]
    ExceedsTotal { total: i64 },
    #[error("the idempotency key was used for another request")]
    KeyReused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ConfirmError {
    #[error("there is no such reservation")]
    UnknownReservation,
    /// It waits or was cancelled.
    #[error("a reservation that is {} can't be confirmed", .0.name())]
    NotConfirmable(ReservationStatus),
    #[error("the hold ended at {0}")]
    Expired(DateTime<Utc>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CancelError {
    #[error("there is no such reservation")]
    UnknownReservation,
    #[error("the reservation was confirmed")]
    AlreadyConfirmed,
    #[error("the hold ended at {0}")]
    Expired(DateTime<Utc>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restocked {
    /// The SKU afterwards.
    pub inventory: Inventory,
    /// How many waiting reservations got stock.
    pub promoted: i64,
    /// Whether an earlier request with the same key did it.
    pub replayed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RestockError {
    #[error("there is no such SKU")]
    UnknownSku,
    #[error("only {available} units are available to remove")]
    InsufficientStock { available: i64 },
    #[error("the idempotency key was used for another request")]
    KeyReused,
}

/// What a sweep of one SKU did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SweepResult {
    /// Holds that were ended.
    pub expired: i64,
    /// Waiting reservations that got the stock.
    pub promoted: i64,
    /// Whether more holds may be due.
    pub more: bool,
}

impl SweepResult {
    /// Both, added; the later one knows whether more holds may be due.
    #[must_use]
    pub fn plus(self, later: Self) -> Self {
        Self {
            expired: self.expired + later.expired,
            promoted: self.promoted + later.promoted,
            more: later.more,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Reserve(Result<Reserved, ReserveError>),
    Confirm(Result<Reservation, ConfirmError>),
    Cancel(Result<Reservation, CancelError>),
    Restock(Result<Restocked, RestockError>),
    Expire(SweepResult),
    /// None yet: more holds are due than one transaction ends, and they may hold the stock that the
    /// command wants. The command must be run again.
    Deferred,
}

/// A command together with the type of its answer.
pub trait TypedCommand: Into<Command> {
    type Answer;

    /// The answer in `outcome`; `None` if it is the outcome of another kind of command.
    fn answer(outcome: Outcome) -> Option<Self::Answer>;
}

macro_rules! typed_command {
    ($command:ident => $answer:ty) => {
        impl From<$command> for Command {
            fn from(command: $command) -> Self {
                Self::$command(command)
            }
        }

        impl TypedCommand for $command {
            type Answer = $answer;

            fn answer(outcome: Outcome) -> Option<Self::Answer> {
                if let Outcome::$command(answer) = outcome {
                    Some(answer)
                } else {
                    None
                }
            }
        }
    };
}

typed_command!(Reserve => Result<Reserved, ReserveError>);
typed_command!(Confirm => Result<Reservation, ConfirmError>);
typed_command!(Cancel => Result<Reservation, CancelError>);
typed_command!(Restock => Result<Restocked, RestockError>);
typed_command!(Expire => SweepResult);

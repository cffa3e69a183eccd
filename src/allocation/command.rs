//! What can be asked of the heart, and what it answers.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::access::Actor;
use crate::idempotency::{IdempotencyKey, Standing};
use crate::inventory::{Inventory, Quantity, Sku, StockChange};
use crate::reservations::{Reservation, ReservationId, ReservationStatus, UserId};
use crate::waitlist::Place;

/// Asks for stock, or for a place in the line.
#[derive(Debug, Clone)]
pub struct Reserve {
    /// What is wanted.
    pub sku: Sku,
    /// By whom.
    pub user_id: UserId,
    /// How many units.
    pub quantity: Quantity,
    /// The id that a new reservation gets.
    pub reservation_id: ReservationId,
    /// Makes a repetition exact.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Who asks, for the ledger; `None` where nobody has to say.
    pub actor: Option<Actor>,
}

/// Turns a hold into a sale.
#[derive(Debug, Clone)]
pub struct Confirm {
    /// The SKU of the reservation.
    pub sku: Sku,
    /// The reservation.
    pub reservation_id: ReservationId,
    /// Who asks: a user moves only reservations of their own.
    pub actor: Option<Actor>,
}

/// Gives up a hold or a place in the line.
#[derive(Debug, Clone)]
pub struct Cancel {
    /// The SKU of the reservation.
    pub sku: Sku,
    /// The reservation.
    pub reservation_id: ReservationId,
    /// Who asks: a user moves only reservations of their own.
    pub actor: Option<Actor>,
}

/// Adds stock or takes some away.
#[derive(Debug, Clone)]
pub struct Restock {
    /// The SKU.
    pub sku: Sku,
    /// By how many units.
    pub change: StockChange,
    /// Why, for the ledger.
    pub reason: Option<String>,
    /// Makes a repetition exact.
    pub idempotency_key: Option<IdempotencyKey>,
    /// Who asks, for the ledger; `None` where nobody has to say.
    pub actor: Option<Actor>,
}

/// Ends the due holds of a SKU, a bounded number of them.
#[derive(Debug, Clone)]
pub struct Expire {
    /// The SKU.
    pub sku: Sku,
}

/// Anything that can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Asks for stock.
    Reserve(Reserve),
    /// Buys.
    Confirm(Confirm),
    /// Gives up.
    Cancel(Cancel),
    /// Changes stock.
    Restock(Restock),
    /// Ends due holds.
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

    /// Who asks.
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

/// A reservation that was made, or was there already.
#[derive(Debug, Clone, PartialEq)]
pub struct Reserved {
    /// The reservation.
    pub reservation: Reservation,
    /// Its place in the line, if it waits.
    pub place: Option<Place>,
    /// How it came about.
    pub standing: Standing,
    /// Whether an earlier request with the same key did it.
    pub replayed: bool,
}

/// Why nothing was reserved.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ReserveError {
    /// There is no such SKU.
    #[error("there is no such SKU")]
    UnknownSku,
    /// The user waits or holds already, with another quantity.
    #[error("the user has a live reservation of another quantity")]
    LiveReservationExists {
        /// That reservation.
        reservation: Box<Reservation>,
        /// Its place in the line, if it waits.
        place: Option<Place>,
    },
    /// Nothing is available, and the waitlist is closed or full.
    #[error("nothing is available and the waitlist takes nobody")]
    SoldOut,
    /// More than the SKU has in all.
    #[error("more than the {total} units that there are in all")]
    ExceedsTotal {
        /// All units of the SKU.
        total: i64,
    },
    /// The key stands for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
}

/// Why nothing was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ConfirmError {
    /// There is no such reservation.
    #[error("there is no such reservation")]
    UnknownReservation,
    /// It waits, or was given up.
    #[error("a reservation that is {} can't be confirmed", .0.name())]
    NotConfirmable(ReservationStatus),
    /// Its hold is over.
    #[error("the hold ended at {0}")]
    Expired(DateTime<Utc>),
}

/// Why nothing was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CancelError {
    /// There is no such reservation.
    #[error("there is no such reservation")]
    UnknownReservation,
    /// It is sold.
    #[error("the reservation was confirmed")]
    AlreadyConfirmed,
    /// Its hold is over.
    #[error("the hold ended at {0}")]
    Expired(DateTime<Utc>),
}

/// Stock that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restocked {
    /// The SKU afterwards.
    pub inventory: Inventory,
    /// How many waiting reservations got stock.
    pub promoted: i64,
    /// Whether an earlier request with the same key did it.
    pub replayed: bool,
}

/// Why stock was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RestockError {
    /// There is no such SKU.
    #[error("there is no such SKU")]
    UnknownSku,
    /// More was to be taken away than is available.
    #[error("only {available} units are available to be taken away")]
    InsufficientStock {
        /// Units that nobody holds or has bought.
        available: i64,
    },
    /// The key stands for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
}

/// What a sweep of one SKU did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Swept {
    /// Holds that were ended.
    pub expired: i64,
    /// Waiting reservations that got the stock.
    pub promoted: i64,
    /// Whether more holds are due.
    pub more: bool,
}

impl Swept {
    /// Both, added; what comes later knows whether more holds are due.
    #[must_use]
    pub fn plus(self, later: Self) -> Self {
        Self {
            expired: self.expired + later.expired,
            promoted: self.promoted + later.promoted,
            more: later.more,
        }
    }
}

/// The answer to one command.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// To a [`Reserve`].
    Reserve(Result<Reserved, ReserveError>),
    /// To a [`Confirm`].
    Confirm(Result<Reservation, ConfirmError>),
    /// To a [`Cancel`].
    Cancel(Result<Reservation, CancelError>),
    /// To a [`Restock`].
    Restock(Result<Restocked, RestockError>),
    /// To an [`Expire`].
    Expire(Swept),
    /// None yet: more holds are due than one transaction ends, and they may hold what is asked
    /// for. The command is to be asked again.
    Deferred,
}

/// A command together with the type of its answer.
pub trait Ask: Into<Command> {
    /// What the command is answered with.
    type Answer;

    /// The answer in `outcome`; `None` if that is an outcome of another command.
    fn answer(outcome: Outcome) -> Option<Self::Answer>;
}

macro_rules! ask {
    ($command:ident => $answer:ty) => {
        impl From<$command> for Command {
            fn from(command: $command) -> Self {
                Self::$command(command)
            }
        }

        impl Ask for $command {
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

ask!(Reserve => Result<Reserved, ReserveError>);
ask!(Confirm => Result<Reservation, ConfirmError>);
ask!(Cancel => Result<Reservation, CancelError>);
ask!(Restock => Result<Restocked, RestockError>);
ask!(Expire => Swept);

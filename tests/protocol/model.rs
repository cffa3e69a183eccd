//! The protocol of several processes on one database: what each can do next, and what may befall it.

use std::collections::BTreeMap;

use stateright::{Model, Property};

use crate::books::{Answer, AskId, Books, Change, Command, SlipId, Tx};
use crate::properties;

/// What is left out of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// The row is read without its lock.
    NoLock,
    /// A batch whose commit got no answer runs again without a look at the receipt.
    NoLookUp,
    /// The receipt is looked for without the lock, so maybe before the commit is carried out.
    EarlyLookUp,
    /// A batch whose commit got no answer is answered as if it were committed.
    BlindAnswer,
    /// A key is not looked up.
    NoKeyCheck,
    /// The clock is read before the lock is there.
    EarlyClock,
    /// Freed stock is not offered on.
    NoPromotion,
    /// Who can never be served holds up those behind them.
    BlockedLine,
    /// Nobody is told that there are more to promote than one transaction may.
    ForgottenLine,
    /// Freed stock is offered to who asks just then, and to the line after that.
    NewcomerFirst,
    /// The job looks for holds that are due, and asks for nothing.
    NoSweep,
    /// A batch that has lost its connection is forgotten, and nobody is told.
    NoAnswer,
    /// A transaction that is rolled back keeps the row.
    KeptLock,
}

/// A bounded case.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) fault: Fault,
    pub(crate) processes: usize,
    pub(crate) books: Books,
    /// How many waiters one transaction may promote.
    pub(crate) promotions: usize,
    /// Each with whether it bears a key.
    pub(crate) asks: Vec<(Command, bool)>,
    pub(crate) bounds: Bounds,
    /// What the search must have come through.
    pub(crate) situations: fn() -> Vec<Property<Case>>,
}

/// How often each misfortune may still happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Bounds {
    pub(crate) cuts: u8,
    pub(crate) process_crashes: u8,
    pub(crate) database_crashes: u8,
    /// Batches that run out of time.
    pub(crate) timeouts: u8,
    /// Requests that a client sends once more.
    pub(crate) retries: u8,
    pub(crate) hold_ends: u8,
    pub(crate) sweeps: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    Not,
    Sent,
    /// No answer came.
    Unknown,
    Answered(Answer),
}

/// Commands that share a transaction.
pub(crate) type Batch = Vec<(AskId, Command, bool)>;

/// That a commit was sent: the transaction, and the answers if it took effect.
pub(crate) type Receipt = Option<(Tx, Vec<Answer>)>;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    Idle,
    /// A transaction has begun and waits for the row.
    Waits {
        batch: Batch,
        receipt: Receipt,
        tx: Tx,
        early_due: Vec<SlipId>,
    },
    /// It has the row, and has decided.
    Decided {
        batch: Batch,
        answers: Vec<Answer>,
        tx: Tx,
    },
    /// It has sent its COMMIT.
    Commits {
        batch: Batch,
        answers: Vec<Answer>,
        tx: Tx,
    },
    /// It has lost its connection.
    CutOff {
        batch: Batch,
        receipt: Receipt,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Lane {
    pub(crate) arrivals: Batch,
    pub(crate) phase: Phase,
}

/// The database's end of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) struct Backend {
    pub(crate) changes: Vec<Change>,
    /// COMMIT has arrived.
    pub(crate) commits: bool,
    /// Nobody is at the other end any more.
    pub(crate) orphan: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) books: Books,
    pub(crate) lock: Option<Tx>,
    pub(crate) backends: BTreeMap<Tx, Backend>,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) left: Bounds,
    pub(crate) next_tx: Tx,
}

/// What can happen; a number is a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action {
    Send(AskId, usize),
    Sweep(usize),
    /// Goes on with a line that one transaction did not serve to its end.
    Serve(usize),
    Begin(usize),
    /// Takes the row, looks for the receipt, decides and writes.
    Lock(usize),
    SendCommit(usize),
    /// The database carries a COMMIT out.
    CarryOut(Tx),
    /// An open transaction whose client has gone is rolled back.
    RollBack(Tx),
    Cut(usize),
    /// The connection is cut as the COMMIT is sent, before or after it has arrived.
    CutAtCommit {
        process: usize,
        arrived: bool,
    },
    TimeOut(usize),
    CrashProcess(usize),
    CrashDatabase,
    EndHold(SlipId),
}

impl Model for Case {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let lane = Lane {
            arrivals: Vec::new(),
            phase: Phase::Idle,
        };
        vec![State {
            books: self.books.clone(),
            lock: None,
            backends: BTreeMap::new(),
            lanes: vec![lane; self.processes],
            asked: vec![Asked::Not; self.asks.len()],
            left: self.bounds,
            next_tx: 1,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let left = &state.left;
        for (ask, asked) in state.asked.iter().enumerate() {
            let (command, keyed) = self.asks[ask];
            let repeatable = keyed || !matches!(command, Command::Restock(_));
            let again = *asked == Asked::Unknown && repeatable && left.retries > 0;
            if *asked == Asked::Not || again {
                actions.extend((0..self.processes).map(|process| Action::Send(ask, process)));
            }
        }
        for process in 0..self.processes {
            state.moves_of(process, actions);
        }
        for (tx, backend) in &state.backends {
            if backend.commits {
                actions.push(Action::CarryOut(*tx));
            } else if backend.orphan {
                actions.push(Action::RollBack(*tx));
            }
        }
        if left.database_crashes > 0 {
            actions.push(Action::CrashDatabase);
        }
        if left.hold_ends > 0 {
            let holds = state.books.slips.iter();
            let holds = holds.filter(|slip| slip.1.status == crate::books::Status::Reserved);
            actions.extend(holds.filter(|s| !s.1.over).map(|s| Action::EndHold(*s.0)));
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        next.take(self, action);
        (next != *state).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = properties::all();
        properties.extend((self.situations)());
        properties
    }
}

impl State {
    /// What a process can do, and what can befall it.
    fn moves_of(&self, process: usize, actions: &mut Vec<Action>) {
        let Self { lanes, left, .. } = self;
        let lane = &lanes[process];
        let busy = match &lane.phase {
            Phase::Idle => {
                if !lane.arrivals.is_empty() {
                    actions.push(Action::Begin(process));
                }
                if left.sweeps > 0 && lane.arrivals.is_empty() && !self.books.due().is_empty() {
                    actions.push(Action::Sweep(process));
                }
                if self.books.serving && lane.arrivals.is_empty() {
                    actions.push(Action::Serve(process));
                }
                !lane.arrivals.is_empty()
            }
            Phase::Waits { .. } => {
                actions.push(Action::Lock(process));
                true
            }
            Phase::Decided { .. } => {
                actions.push(Action::SendCommit(process));
                if left.cuts > 0 {
                    actions.push(Action::CutAtCommit {
                        process,
                        arrived: false,
                    });
                    actions.push(Action::CutAtCommit {
                        process,
                        arrived: true,
                    });
                }
                true
            }
            Phase::Commits { .. } => true,
            Phase::CutOff { .. } => {
                actions.push(Action::Begin(process));
                if left.timeouts > 0 {
                    actions.push(Action::TimeOut(process));
                }
                true
            }
        };
        let connected = matches!(
            lane.phase,
            Phase::Waits { .. } | Phase::Decided { .. } | Phase::Commits { .. }
        );
        if connected && left.cuts > 0 {
            actions.push(Action::Cut(process));
        }
        if busy && left.process_crashes > 0 {
            actions.push(Action::CrashProcess(process));
        }
    }
}

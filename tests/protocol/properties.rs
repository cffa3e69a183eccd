//! The rules of API.md, and the situations that the search must have come through.

use stateright::{Model, Property};

use crate::books::{Answer, Change, Command, Slip, Status};
use crate::model::{Action, Asked, Batch, Case, Lane, Phase, State};

pub(crate) const RULES: [&str; 10] = [
    "no overselling",
    "strict order",
    "no idle stock",
    "no late confirm",
    "an answer is durable",
    "once",
    "no promise is taken back",
    "what is due is ended at last",
    "the line is served at last",
    "everybody is told at last",
];

pub(crate) fn all() -> Vec<Property<Case>> {
    let [
        oversold,
        order,
        idle,
        late,
        durable,
        once,
        promise,
        ended,
        served,
        told,
    ] = RULES;
    vec![
        Property::always(oversold, |_, state: &State| {
            state.books.taken() <= state.books.total
        }),
        Property::always(order, |_, state: &State| !state.books.overtaken),
        Property::always(idle, |_, state: &State| {
            !state.books.is_idle() || state.books.serving
        }),
        Property::always(late, |_, state: &State| !state.books.confirmed_late),
        Property::always(durable, |_, state: &State| {
            (0..state.asked.len()).all(|ask| is_durable(state, ask))
        }),
        Property::always(once, took_effect_once),
        Property::always(promise, |_, state: &State| {
            // A user has at most one live reservation.
            let live = |s: &Status| matches!(s, Status::Waitlisted | Status::Reserved);
            let slips = || state.books.slips.values().filter(|slip| live(&slip.status));
            slips().all(|one| slips().filter(|other| other.user == one.user).count() == 1)
        }),
        // No path is endless: what must come at last has come where nothing more can happen.
        Property::always(ended, |case: &Case, state: &State| {
            state.books.due().is_empty() || goes_on(case, state)
        }),
        Property::always(served, |case: &Case, state: &State| {
            !state.books.is_idle() || goes_on(case, state)
        }),
        Property::always(told, |case: &Case, state: &State| {
            is_quiet(state) || goes_on(case, state)
        }),
        Property::sometimes("all is answered", |_, state: &State| {
            let answered = |asked: &Asked| matches!(asked, Asked::Answered(_));
            state.asked.iter().all(answered) && state.backends.is_empty()
        }),
        Property::sometimes("two transactions wait for the row", |_, state: &State| {
            let waits = state.lanes.iter().filter(|lane| is_waiting(&lane.phase));
            waits.count() > 1
                || state.lanes.iter().any(|l| is_waiting(&l.phase)) && state.lock.is_some()
        }),
    ]
}

/// Whether anything can still happen.
fn goes_on(case: &Case, state: &State) -> bool {
    let mut actions = Vec::new();
    case.actions(state, &mut actions);
    // Only who asks for a row that is locked may find everything as it was.
    let changes = |action: Action| {
        !matches!(action, Action::Lock(_)) || case.next_state(state, action).is_some()
    };
    actions.into_iter().any(changes)
}

/// Whether nobody waits, for an answer or for the row.
fn is_quiet(state: &State) -> bool {
    let told = |asked: &Asked| matches!(asked, Asked::Answered(_) | Asked::Unknown);
    let rests = |lane: &Lane| lane.phase == Phase::Idle && lane.arrivals.is_empty();
    state.lock.is_none()
        && state.backends.is_empty()
        && state.asked.iter().all(told)
        && state.lanes.iter().all(rests)
}

fn is_waiting(phase: &Phase) -> bool {
    matches!(phase, Phase::Waits { .. })
}

/// Whether what the client was told is in the books, or has become what it may become.
fn is_durable(state: &State, ask: usize) -> bool {
    let Asked::Answered(answer) = &state.asked[ask] else {
        return true;
    };
    match answer {
        Answer::Slip { id, status } => {
            let is = state.books.slips.get(id).map(|slip| slip.status);
            is.is_some_and(|is| may_have_become(*status, is))
        }
        Answer::Restocked => state.books.restocks.contains(&ask),
        Answer::Replayed { of } => state.books.keys.contains(of),
        Answer::Refused => true,
    }
}

fn may_have_become(told: Status, is: Status) -> bool {
    match told {
        Status::Waitlisted => true,
        Status::Reserved => is != Status::Waitlisted,
        Status::Confirmed | Status::Cancelled | Status::Expired => told == is,
    }
}

/// Whether each ask with a key, and each restock, took effect at most once.
fn took_effect_once(case: &Case, state: &State) -> bool {
    (0..case.asks.len()).all(|ask| {
        let made = state.books.slips.values().filter(|slip| slip.by == ask);
        let restocked = state.books.restocks.iter().filter(|by| **by == ask);
        made.count() + restocked.count() <= 1
    })
}

/// Situations of a case in which commits lose their answers.
pub(crate) fn lost_answers() -> Vec<Property<Case>> {
    vec![
        Property::sometimes("a lost answer can be looked up", |_, state: &State| {
            looks_for(state, |tx| state.books.receipts.contains(&tx))
        }),
        Property::sometimes("a receipt is in vain", |_, state: &State| {
            state.lock.is_none() && looks_for(state, |tx| !state.books.receipts.contains(&tx))
        }),
        Property::sometimes(
            "a commit is on its way while its receipt is looked for",
            |_, state: &State| {
                looks_for(state, |tx| {
                    state.backends.get(&tx).is_some_and(|b| b.commits)
                })
            },
        ),
    ]
}

fn looks_for(state: &State, so: impl Fn(u8) -> bool) -> bool {
    state.lanes.iter().any(|lane| match &lane.phase {
        Phase::Waits {
            receipt: Some((tx, _)),
            ..
        } => so(*tx),
        _ => false,
    })
}

/// Situations of a case in which clients ask again.
pub(crate) fn retries() -> Vec<Property<Case>> {
    vec![
        Property::sometimes("a key is answered from its record", |_, state: &State| {
            let replayed = |a: &Asked| matches!(a, Asked::Answered(Answer::Replayed { .. }));
            state.asked.iter().any(replayed)
        }),
        Property::sometimes(
            "an orphan commits while its client asks again",
            |_, state: &State| {
                let commits = state.backends.values().any(|b| b.orphan && b.commits);
                commits && state.asked.contains(&Asked::Sent)
            },
        ),
    ]
}

/// Situations of a case in which holds run out.
pub(crate) fn sweeps() -> Vec<Property<Case>> {
    vec![
        Property::sometimes("two processes sweep at once", |_, state: &State| {
            let sweeps = |batch: &Batch| batch.iter().any(|ask| ask.1 == Command::Expire);
            let at_work = state.lanes.iter().filter(|lane| match &lane.phase {
                Phase::Waits { batch, .. } | Phase::Decided { batch, .. } => sweeps(batch),
                _ => false,
            });
            at_work.count() > 1
        }),
        Property::sometimes("an expiry promotes", |_, state: &State| {
            let promotes = |change: &Change| matches!(change, Change::Become(_, Status::Reserved));
            let ends = |change: &Change| matches!(change, Change::Become(_, Status::Expired));
            let changes = state.backends.values().map(|backend| &backend.changes);
            changes
                .clone()
                .any(|c| c.iter().any(promotes) && c.iter().any(ends))
        }),
    ]
}

/// Situations of a case in which more wait than one transaction may promote.
pub(crate) fn long_lines() -> Vec<Property<Case>> {
    vec![
        Property::sometimes("two processes serve on at once", |_, state: &State| {
            let waits = state.lanes.iter().filter(|lane| is_waiting(&lane.phase));
            state.books.serving && waits.count() > 1
        }),
        Property::sometimes(
            "a newcomer meets a line that is being served",
            |_, state: &State| {
                let waits = |slip: &Slip| slip.user == 'd' && slip.status == Status::Waitlisted;
                state.books.serving && state.books.slips.values().any(waits)
            },
        ),
        Property::sometimes("a line is served to its end", |_, state: &State| {
            let restocked = !state.books.restocks.is_empty();
            restocked && !state.books.serving && state.books.head().is_none()
        }),
    ]
}

/// Situations of a case in which somebody waits for more than is left to sell.
pub(crate) fn unservable() -> Vec<Property<Case>> {
    vec![
        Property::sometimes(
            "a sale makes way for who waits behind",
            |_, state: &State| {
                let sells =
                    |change: &Change| matches!(change, Change::Become(_, Status::Confirmed));
                let promotes =
                    |change: &Change| matches!(change, Change::Become(_, Status::Reserved));
                let mut changes = state.backends.values().map(|backend| &backend.changes);
                changes.any(|c| c.iter().any(sells) && c.iter().any(promotes))
            },
        ),
        Property::sometimes(
            "a newcomer passes who can't be served",
            |_, state: &State| {
                let takes = |change: &Change| matches!(change, Change::Make(_, slip) if slip.status == Status::Reserved);
                let waits = |slip: &Slip| slip.status == Status::Waitlisted;
                let mut backends = state.backends.values();
                state.books.slips.values().any(waits)
                    && backends.any(|backend| backend.changes.iter().any(takes))
            },
        ),
    ]
}

/// Situations of a case in which a hold is confirmed that runs out.
pub(crate) fn confirms() -> Vec<Property<Case>> {
    let late = Property::sometimes("a confirm meets a hold that is over", |_, state: &State| {
        let refused = |asked: &Asked| *asked == Asked::Answered(Answer::Refused);
        state.asked.iter().any(refused)
    });
    let mut situations = sweeps();
    situations.push(late);
    situations
}

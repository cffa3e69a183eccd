//! What each action of the model does.

use std::mem;

use crate::books::{AskId, Command, Desk, SlipId, Tx};
use crate::model::{Action, Asked, Backend, Batch, Case, Fault, Phase, Receipt, State};

/// Stands for nobody's ask: what a job asks for.
const JOB: AskId = AskId::MAX;

impl State {
    pub(crate) fn take(&mut self, case: &Case, action: Action) {
        match action {
            Action::Send(ask, process) => self.send(case, ask, process),
            Action::Serve(process) => {
                self.lanes[process]
                    .arrivals
                    .push((JOB, Command::Expire, false));
            }
            Action::Sweep(process) => {
                self.left.sweeps -= 1;
                if case.fault != Fault::NoSweep {
                    let arrivals = &mut self.lanes[process].arrivals;
                    arrivals.push((JOB, Command::Expire, false));
                }
            }
            Action::Begin(process) => self.begin(process),
            Action::Lock(process) => self.lock(case, process),
            Action::SendCommit(process) => self.send_commit(process),
            Action::CarryOut(tx) => self.carry_out(tx),
            Action::RollBack(tx) if case.fault == Fault::KeptLock => {
                self.backends.remove(&tx);
            }
            Action::RollBack(tx) => self.end_backend(tx),
            Action::Cut(process) => {
                self.left.cuts -= 1;
                self.cut_off(case, process);
            }
            Action::CutAtCommit { process, arrived } => {
                self.left.cuts -= 1;
                self.send_commit(process);
                if let Phase::Commits { tx, .. } = self.lanes[process].phase
                    && let Some(backend) = self.backends.get_mut(&tx)
                {
                    backend.commits = arrived;
                }
                self.cut_off(case, process);
            }
            Action::TimeOut(process) => {
                self.left.timeouts -= 1;
                self.fail(process);
            }
            Action::CrashProcess(process) => {
                self.left.process_crashes -= 1;
                self.crash_process(process);
            }
            Action::CrashDatabase => {
                self.left.database_crashes -= 1;
                self.backends.clear();
                self.lock = None;
                for process in 0..self.lanes.len() {
                    self.cut_off(case, process);
                }
            }
            Action::EndHold(slip) => self.end_hold(slip),
        }
    }

    fn send(&mut self, case: &Case, ask: AskId, process: usize) {
        if self.asked[ask] == Asked::Unknown {
            self.left.retries -= 1;
        }
        let (command, keyed) = case.asks[ask];
        self.asked[ask] = Asked::Sent;
        self.lanes[process].arrivals.push((ask, command, keyed));
    }

    fn end_hold(&mut self, slip: SlipId) {
        self.left.hold_ends -= 1;
        if let Some(slip) = self.books.slips.get_mut(&slip) {
            slip.over = true;
        }
    }

    /// Connects if need be, and begins a transaction.
    fn begin(&mut self, process: usize) {
        let lane = &mut self.lanes[process];
        let (batch, receipt) = match mem::replace(&mut lane.phase, Phase::Idle) {
            Phase::CutOff { batch, receipt } => (batch, receipt),
            _ => (mem::take(&mut lane.arrivals), None),
        };
        let tx = self.next_tx;
        self.next_tx += 1;
        self.backends.insert(tx, Backend::default());
        let early_due = self.books.due();
        lane.phase = Phase::Waits {
            batch,
            receipt,
            tx,
            early_due,
        };
    }

    fn lock(&mut self, case: &Case, process: usize) {
        let fault = case.fault;
        let Phase::Waits {
            batch,
            receipt,
            tx,
            early_due,
        } = &self.lanes[process].phase
        else {
            return;
        };
        let (batch, receipt, tx) = (batch.clone(), receipt.clone(), *tx);
        let early_due = early_due.clone();
        let looks_early = fault == Fault::EarlyLookUp && receipt.is_some();
        if looks_early && self.look_up(process, &batch, &receipt, tx) {
            return;
        }
        if self.lock.is_some() && fault != Fault::NoLock {
            if looks_early {
                // It was looked for in vain, and is not looked for again.
                self.wait_without_receipt(process);
            }
            return;
        }
        self.lock = Some(tx);
        let looks = !looks_early && fault != Fault::NoLookUp;
        if looks && self.look_up(process, &batch, &receipt, tx) {
            return;
        }
        let due = if fault == Fault::EarlyClock {
            early_due
        } else {
            self.books.due()
        };
        let mut desk = Desk {
            books: self.books.clone(),
            changes: Vec::new(),
            tx,
            fault,
            promotions: case.promotions,
            due,
        };
        let answers = desk.decide(&batch);
        self.books.confirmed_late |= desk.books.confirmed_late;
        self.backends.entry(tx).or_default().changes = desk.changes;
        self.lanes[process].phase = Phase::Decided { batch, answers, tx };
    }

    fn wait_without_receipt(&mut self, process: usize) {
        if let Phase::Waits { receipt, .. } = &mut self.lanes[process].phase {
            *receipt = None;
        }
    }

    /// Answers from the receipt if its transaction was committed.
    fn look_up(&mut self, process: usize, batch: &Batch, receipt: &Receipt, tx: Tx) -> bool {
        let Some((earlier, answers)) = receipt else {
            return false;
        };
        let found = self.books.receipts.contains(earlier);
        if found {
            self.end_backend(tx);
            self.answer(batch, answers);
            self.lanes[process].phase = Phase::Idle;
        }
        found
    }

    fn send_commit(&mut self, process: usize) {
        let lane = &mut self.lanes[process];
        if let Phase::Decided { batch, answers, tx } = mem::replace(&mut lane.phase, Phase::Idle) {
            self.backends.entry(tx).or_default().commits = true;
            lane.phase = Phase::Commits { batch, answers, tx };
        }
    }

    fn carry_out(&mut self, tx: Tx) {
        let backend = self.backends.get(&tx).cloned().unwrap_or_default();
        for change in &backend.changes {
            self.books.apply(change);
        }
        if !backend.changes.is_empty() {
            self.books.receipts.insert(tx);
        }
        self.end_backend(tx);
        let is_this = |phase: &Phase| matches!(phase, Phase::Commits { tx: its, .. } if *its == tx);
        let lane = self.lanes.iter_mut().find(|lane| is_this(&lane.phase));
        let phase = lane.map(|lane| mem::replace(&mut lane.phase, Phase::Idle));
        if let Some(Phase::Commits { batch, answers, .. }) = phase {
            self.answer(&batch, &answers);
        }
    }

    fn end_backend(&mut self, tx: Tx) {
        self.backends.remove(&tx);
        if self.lock == Some(tx) {
            self.lock = None;
        }
    }

    /// The lane has lost its connection; the database's end of it may live on for a while.
    fn cut_off(&mut self, case: &Case, process: usize) {
        let lane = &mut self.lanes[process];
        let (batch, receipt, tx) = match mem::replace(&mut lane.phase, Phase::Idle) {
            Phase::Waits {
                batch, receipt, tx, ..
            } => (batch, receipt, tx),
            Phase::Decided { batch, tx, .. } => (batch, None, tx),
            Phase::Commits { batch, answers, tx } => {
                if case.fault == Fault::BlindAnswer {
                    self.orphan(tx);
                    return self.answer(&batch, &answers);
                }
                // What changed nothing has nothing to be looked up.
                let backend = self.backends.get(&tx);
                let wrote = backend.is_none_or(|backend| !backend.changes.is_empty());
                (batch, wrote.then_some((tx, answers)), tx)
            }
            other @ (Phase::Idle | Phase::CutOff { .. }) => {
                lane.phase = other;
                return;
            }
        };
        if case.fault != Fault::NoAnswer {
            lane.phase = Phase::CutOff { batch, receipt };
        }
        self.orphan(tx);
    }

    fn orphan(&mut self, tx: Tx) {
        if let Some(backend) = self.backends.get_mut(&tx) {
            backend.orphan = true;
        }
    }

    /// The lane gives its batch up: nobody knows the outcome.
    fn fail(&mut self, process: usize) {
        let phase = mem::replace(&mut self.lanes[process].phase, Phase::Idle);
        let (batch, tx) = match phase {
            Phase::Idle => return,
            Phase::CutOff { batch, .. } => (batch, None),
            Phase::Waits { batch, tx, .. }
            | Phase::Decided { batch, tx, .. }
            | Phase::Commits { batch, tx, .. } => (batch, Some(tx)),
        };
        if let Some(tx) = tx {
            self.orphan(tx);
        }
        self.leave_unknown(&batch);
    }

    fn crash_process(&mut self, process: usize) {
        self.fail(process);
        let arrivals = mem::take(&mut self.lanes[process].arrivals);
        self.leave_unknown(&arrivals);
    }

    fn leave_unknown(&mut self, batch: &Batch) {
        for &(ask, ..) in batch.iter().filter(|ask| ask.0 != JOB) {
            self.asked[ask] = Asked::Unknown;
        }
    }

    fn answer(&mut self, batch: &Batch, answers: &[crate::books::Answer]) {
        for (&(ask, ..), &answer) in batch.iter().zip(answers) {
            if ask != JOB {
                self.asked[ask] = Asked::Answered(answer);
            }
        }
    }
}

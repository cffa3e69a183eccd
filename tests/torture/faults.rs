//! What is done to the processes, the database and the network between them.

use std::time::{Duration, Instant};

use fairhold_test_kit::{Fate, Weather, history::Micros};
use rand::Rng;
use rand::rngs::StdRng;
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{sleep, timeout};

use crate::freeze::freeze_for_long;
use crate::site::{OWNER, SERVERS, Site};
use crate::tally::Tally;

/// How long something that is down or frozen stays so.
const SPELL: Duration = Duration::from_millis(400);

/// How long a trap for a BEGIN or a COMMIT is set at most, and how often.
const TRAP: Duration = Duration::from_secs(2);
const TRAPS: usize = 3;

/// How long, in microseconds, others may have to wait for the rows that a server keeps locked whose
/// network is frozen: the database ends its transactions after 2 s.
const LOCKED: Micros = 3_000_000;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// SIGKILL of a Fairhold.
    KillServer,
    /// SIGKILL of the Fairhold that owns the database, which ends with it.
    KillOwner,
    /// SIGTERM of a Fairhold.
    DrainServer,
    /// SIGKILL of the database's first process.
    KillPostmaster,
    /// SIGQUIT of it, as `pg_ctl stop -m immediate` does.
    QuitPostmaster,
    /// SIGKILL of one backend, after which the database restarts all of them.
    KillBackend,
    /// All backends are told to end.
    EndBackends,
    /// Database and owner are killed together.
    KillBoth,
    /// A COMMIT's answer is lost, and the database dies before anybody can look it up.
    KillPostmasterAfterCommit,
    /// A COMMIT's answer is lost, and so is the Fairhold that waits for it.
    KillServerAfterCommit,
    CutAtBegin,
    CutBeforeCommit,
    CutAfterCommit,
    DownAfterCommit,
    FreezeAfterCommit,
    Down,
    Freeze,
    /// For half a minute, far beyond every deadline.
    LongFreeze,
    Silence,
}

/// How many kinds there are.
pub(crate) const KINDS: usize = ALL.len();

const ALL: [Fault; 19] = [
    Fault::KillPostmaster,
    Fault::CutAfterCommit,
    Fault::KillServer,
    Fault::KillBackend,
    Fault::KillPostmasterAfterCommit,
    Fault::Freeze,
    Fault::KillBoth,
    Fault::CutAtBegin,
    Fault::KillOwner,
    Fault::QuitPostmaster,
    Fault::DownAfterCommit,
    Fault::KillServerAfterCommit,
    Fault::CutBeforeCommit,
    Fault::Silence,
    Fault::EndBackends,
    Fault::FreezeAfterCommit,
    Fault::DrainServer,
    Fault::Down,
    Fault::LongFreeze,
];

impl Fault {
    /// Any of them; one after the other, from one that the seed says, so that none is left out.
    pub(crate) fn next(tally: &Tally, start: usize) -> Self {
        ALL[(start + tally.faults) % ALL.len()]
    }

    /// From when until when it may keep stock from being offered on, if it struck then, was over
    /// then, and all were back then. While the network of one process is frozen, the others go on.
    pub(crate) fn outages(
        self,
        struck: Micros,
        over: Micros,
        back: Micros,
    ) -> Vec<(Micros, Micros)> {
        if matches!(self, Self::LongFreeze) {
            vec![(struck, struck + LOCKED), (over, back)]
        } else {
            vec![(struck, back)]
        }
    }

    /// Does it, and undoes what a person or a supervisor would undo. Returns the instant from which
    /// the service must come back by itself.
    pub(crate) async fn strike(
        self,
        site: &mut Site,
        random: &mut StdRng,
        tally: &mut Tally,
    ) -> Instant {
        let server = random.random_range(1..SERVERS);
        tally.faults += 1;
        match self {
            Self::KillServer => return tally.kill_server(site, server).await,
            Self::KillOwner => return tally.kill_server(site, OWNER).await,
            Self::DrainServer => {
                site.drain(server).await;
                return tally.start_again(site, server).await;
            }
            Self::KillPostmaster => return tally.kill_postmaster(site, Signal::KILL),
            Self::QuitPostmaster => return tally.kill_postmaster(site, Signal::QUIT),
            Self::KillBackend => return tally.kill_backend(site).await,
            Self::EndBackends => {
                let end = "select pg_terminate_backend(pid)::text from pg_stat_activity
                           where datname = current_database() and pid <> pg_backend_pid()";
                let ended = site.texts(end).await.map_or(0, |ended| ended.len());
                tally.cuts += ended;
                tally.has_struck(ended > 0, "all backends");
            }
            Self::KillBoth => {
                tally.kill_postmaster(site, Signal::KILL);
                return tally.kill_server(site, OWNER).await;
            }
            Self::KillPostmasterAfterCommit => {
                tally
                    .trap(site, server, Weather::AtCommit(Fate::UnansweredAndDown))
                    .await;
                let killed = tally.kill_postmaster(site, Signal::KILL);
                site.proxy(server).set(Weather::Fair);
                return killed;
            }
            Self::KillServerAfterCommit => {
                tally
                    .trap(site, server, Weather::AtCommit(Fate::UnansweredAndFrozen))
                    .await;
                tally.kills += 1;
                site.kill(server).await;
                site.proxy(server).set(Weather::Fair);
                return tally.start_again(site, server).await;
            }
            Self::CutAtBegin => tally.trap(site, server, Weather::AtBegin).await,
            Self::CutBeforeCommit => tally.trap(site, server, at_commit(Fate::Lost)).await,
            Self::CutAfterCommit => tally.trap(site, server, at_commit(Fate::Unanswered)).await,
            Self::DownAfterCommit => {
                tally
                    .trap(site, server, at_commit(Fate::UnansweredAndDown))
                    .await;
                sleep(SPELL).await;
            }
            Self::FreezeAfterCommit => {
                tally
                    .trap(site, server, at_commit(Fate::UnansweredAndFrozen))
                    .await;
                sleep(SPELL).await;
            }
            Self::Down => tally.spell(site, server, Weather::Down).await,
            Self::Freeze => tally.spell(site, server, Weather::Frozen).await,
            Self::LongFreeze => return freeze_for_long(site, server, tally).await,
            Self::Silence => {
                tally.cuts += 1;
                site.proxy(server).silence();
            }
        }
        site.proxy(server).set(Weather::Fair);
        Instant::now()
    }
}

fn at_commit(fate: Fate) -> Weather {
    Weather::AtCommit(fate)
}

impl Tally {
    async fn kill_server(&mut self, site: &mut Site, server: usize) -> Instant {
        self.kills += 1;
        site.kill(server).await;
        self.start_again(site, server).await
    }

    /// Returns when the process was started.
    async fn start_again(&mut self, site: &mut Site, server: usize) -> Instant {
        let started = Instant::now();
        self.restarts += 1;
        site.start_again(server).await;
        started
    }

    /// Its own supervisor starts the database again.
    fn kill_postmaster(&mut self, site: &Site, signal: Signal) -> Instant {
        let killed = site.folder.postmaster().is_some_and(|it| send(it, signal));
        self.kills += usize::from(killed);
        self.has_struck(killed, "the database's first process");
        Instant::now()
    }

    async fn kill_backend(&mut self, site: &Site) -> Instant {
        let backends = "select pid::text from pg_stat_activity
                        where datname = current_database() and pid <> pg_backend_pid()
                        order by xact_start desc nulls last limit 1";
        let backends = site.texts(backends).await.unwrap_or_default();
        let mut pids = backends.iter().filter_map(|pid| pid.parse().ok());
        let killed = pids.any(|pid| send(pid, Signal::KILL));
        self.kills += usize::from(killed);
        self.has_struck(killed, "a backend");
        Instant::now()
    }

    /// Cuts a server off at its next BEGIN or COMMIT. A trap that nothing goes into is set again.
    async fn trap(&mut self, site: &Site, server: usize, weather: Weather) {
        let proxy = site.proxy(server);
        for _ in 0..TRAPS {
            proxy.set(weather);
            if timeout(TRAP, proxy.struck()).await.is_ok() {
                self.cuts += 1;
                return;
            }
            self.misses += 1;
        }
        self.has_struck(false, &format!("server {server}, by {weather:?}"));
    }

    /// A fault that struck nothing has shown nothing.
    fn has_struck(&mut self, anything: bool, what: &str) {
        if !anything {
            self.breaches.push(format!("{what}: the fault missed"));
        }
    }

    async fn spell(&mut self, site: &Site, server: usize, weather: Weather) {
        self.cuts += 1;
        site.proxy(server).set(weather);
        sleep(SPELL).await;
    }
}

/// Whether the process of ours was still there.
fn send(pid: u32, signal: Signal) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| kill_process(pid, signal).is_ok())
}

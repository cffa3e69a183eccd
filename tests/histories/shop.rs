//! A shop of the tests' own, in memory, which keeps the rules but for one, as it is told.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use crate::history::Ask;
use crate::recorder::Counter;
use crate::reply::Reply;

const SECOND: i64 = 1_000_000;
const HOLD_SECONDS: i64 = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Looks at the stock before its turn.
    NoLock,
    /// Gives a newcomer what is free though others wait.
    Overtaking,
    /// Serves the line from its end.
    LastFirst,
    /// Offers stock on only when it is restocked.
    NoPromotion,
    /// Forgets which keys it has seen.
    KeyTwice,
    /// Confirms a hold that is over, where its stock is still free.
    LateConfirm,
    /// Forgets its last reservation now and then, as if it had never been on the disk.
    Amnesia,
}

/// Answers as the real one does, from one SKU.
#[derive(Debug)]
pub(crate) struct Shop {
    fault: Fault,
    shelf: Mutex<Shelf>,
}

#[derive(Debug)]
struct Shelf {
    now: i64,
    total: i64,
    slips: Vec<Slip>,
    line: Vec<usize>,
    keys: HashMap<String, (String, Reply)>,
    random: StdRng,
}

#[derive(Debug, Clone)]
struct Slip {
    user: String,
    units: i64,
    status: &'static str,
    created: i64,
    updated: i64,
    hold: Option<(i64, i64)>,
}

impl Shop {
    pub(crate) fn open(units: i64, fault: Fault, seed: u64) -> Self {
        let shelf = Shelf {
            now: 0,
            total: units,
            slips: Vec::new(),
            line: Vec::new(),
            keys: HashMap::new(),
            random: StdRng::seed_from_u64(seed),
        };
        Self {
            fault,
            shelf: Mutex::new(shelf),
        }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets others have their turn, for some time.
    async fn linger(&self) {
        let turns = self.shelf().random.random_range(0..6);
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

impl Counter for Shop {
    async fn ask(&self, _sku: &str, ask: &Ask) -> Option<Reply> {
        let early = self.shelf().free();
        self.linger().await;
        let reply = self.shelf().turn(ask, self.fault, early);
        self.linger().await;
        // Some replies are lost, and nobody knows.
        let lost = self.shelf().random.random_bool(0.05) && *ask != Ask::List;
        reply.filter(|_| !lost)
    }
}

impl Shelf {
    /// One transaction. Some are lost before they begin.
    fn turn(&mut self, ask: &Ask, fault: Fault, early: i64) -> Option<Reply> {
        if self.random.random_bool(0.02) && *ask != Ask::List {
            return None;
        }
        self.now += self.random.random_range(1..SECOND / 2);
        self.expire(fault);
        if fault == Fault::Amnesia && self.random.random_bool(0.03) && self.line.is_empty() {
            self.slips.pop();
        }
        Some(match ask {
            Ask::Reserve { user, units, key } => {
                let free = if fault == Fault::NoLock {
                    early
                } else {
                    self.free()
                };
                self.once(
                    fault,
                    ("reserve", key.as_ref()),
                    format!("{user} {units}"),
                    |shelf| shelf.reserve(user, *units, free, fault),
                )
            }
            Ask::Restock { units, key } => self.once(
                fault,
                ("restock", key.as_ref()),
                units.to_string(),
                |shelf| shelf.restock(*units, fault),
            ),
            Ask::Confirm(id) => self.end(id, "CONFIRMED", fault),
            Ask::Cancel(id) => self.end(id, "CANCELLED", fault),
            Ask::Stock => success(200, self.counters()),
            Ask::Status(id) => match number(id).filter(|&n| n < self.slips.len()) {
                Some(n) => success(200, self.object(n)),
                None => refusal(404, "unknown-reservation"),
            },
            Ask::List => {
                let items: Vec<_> = (0..self.slips.len()).map(|n| self.object(n)).collect();
                success(200, json!({"items": items, "next_cursor": null}))
            }
        })
    }

    fn once(
        &mut self,
        fault: Fault,
        (endpoint, key): (&str, Option<&String>),
        body: String,
        effect: impl FnOnce(&mut Self) -> Reply,
    ) -> Reply {
        let scope = key.map(|key| format!("{endpoint} {key}"));
        let known = scope.as_ref().and_then(|scope| self.keys.get(scope));
        if let Some((earlier, reply)) = known.filter(|_| fault != Fault::KeyTwice) {
            return if *earlier == body {
                Reply {
                    replayed: true,
                    ..reply.clone()
                }
            } else {
                refusal(422, "idempotency-key-reused")
            };
        }
        let reply = effect(self);
        if let Some(scope) = scope.filter(|_| reply.status < 300) {
            self.keys.insert(scope, (body, reply.clone()));
        }
        reply
    }

    fn reserve(&mut self, user: &str, units: i64, free: i64, fault: Fault) -> Reply {
        let is_live =
            |slip: &Slip| slip.user == user && ["RESERVED", "WAITLISTED"].contains(&slip.status);
        if let Some(n) = self.slips.iter().position(is_live) {
            return if self.slips[n].units == units {
                success(200, self.object(n))
            } else {
                refusal(409, "live-reservation-exists")
            };
        }
        if units > self.total {
            return refusal(422, "exceeds-total");
        }
        let n = self.slips.len();
        self.slips.push(Slip {
            user: user.to_owned(),
            units,
            status: "WAITLISTED",
            created: self.now,
            updated: self.now,
            hold: None,
        });
        if units <= free && (self.line.is_empty() || fault == Fault::Overtaking) {
            self.hold(n, HOLD_SECONDS);
            success(201, self.object(n))
        } else {
            self.line.push(n);
            success(202, self.object(n))
        }
    }

    fn restock(&mut self, units: i64, fault: Fault) -> Reply {
        if self.free() + units < 0 {
            return refusal(409, "insufficient-stock");
        }
        self.total += units;
        let waited = self.line.len();
        self.serve(fault, true);
        let mut body = self.counters();
        body["promoted"] = json!(waited - self.line.len());
        success(200, body)
    }

    fn end(&mut self, id: &str, end: &'static str, fault: Fault) -> Reply {
        let Some(n) = number(id).filter(|&n| n < self.slips.len()) else {
            return refusal(404, "unknown-reservation");
        };
        let late = fault == Fault::LateConfirm && self.slips[n].units <= self.free();
        match (self.slips[n].status, end) {
            (is, end) if is == end => {}
            ("EXPIRED", "CONFIRMED") if late => {
                self.slips[n].status = end;
                self.slips[n].updated = self.now;
            }
            ("RESERVED", _) | ("WAITLISTED", "CANCELLED") => {
                self.slips[n].status = end;
                self.slips[n].updated = self.now;
                self.line.retain(|&waiting| waiting != n);
                self.serve(fault, false);
            }
            ("EXPIRED", _) => return refusal(410, "reservation-expired"),
            ("CONFIRMED", _) => return refusal(409, "already-confirmed"),
            _ => return refusal(409, "not-confirmable"),
        }
        success(200, self.object(n))
    }

    fn expire(&mut self, fault: Fault) {
        let mut any = false;
        for slip in &mut self.slips {
            if slip.status == "RESERVED" && slip.hold.is_some_and(|(_, over)| over <= self.now) {
                slip.status = "EXPIRED";
                any = true;
            }
        }
        if any {
            self.serve(fault, false);
        }
    }

    fn serve(&mut self, fault: Fault, restocked: bool) {
        if fault == Fault::NoPromotion && !restocked {
            return;
        }
        while !self.line.is_empty() {
            let next = if fault == Fault::LastFirst {
                self.line.len() - 1
            } else {
                0
            };
            let n = self.line[next];
            if self.slips[n].units > self.free() {
                return;
            }
            self.line.remove(next);
            self.hold(n, 2 * HOLD_SECONDS);
        }
    }

    fn hold(&mut self, n: usize, seconds: i64) {
        let slip = &mut self.slips[n];
        slip.status = "RESERVED";
        slip.updated = self.now;
        slip.hold = Some((self.now, self.now + seconds * SECOND));
    }

    fn units(&self, status: &str) -> i64 {
        let slips = self.slips.iter().filter(|slip| slip.status == status);
        slips.map(|slip| slip.units).sum()
    }

    fn free(&self) -> i64 {
        self.total - self.units("RESERVED") - self.units("CONFIRMED")
    }

    fn counters(&self) -> Value {
        json!({
            "available_quantity": self.free(),
            "reserved_quantity": self.units("RESERVED"),
            "sold_quantity": self.units("CONFIRMED"),
            "total_quantity": self.total,
            "waitlist_size": self.line.len(),
            "updated_at": time(self.now),
        })
    }

    fn object(&self, n: usize) -> Value {
        let slip = &self.slips[n];
        let place = self.line.iter().position(|&waiting| waiting == n);
        json!({
            "reservation_id": format!("r-{n}"),
            "user_id": slip.user,
            "quantity": slip.units,
            "status": slip.status,
            "created_at": time(slip.created),
            "updated_at": time(slip.updated),
            "expires_at": slip.hold.map(|(_, over)| time(over)),
            "ttl_seconds": slip.hold.map(|(begun, over)| (over - begun) / SECOND),
            "waitlist": place.map(|ahead| json!({"sequence": 0, "position": ahead + 1})),
        })
    }
}

fn number(id: &str) -> Option<usize> {
    id.strip_prefix("r-")?.parse().ok()
}

fn time(micros: i64) -> String {
    let time = DateTime::from_timestamp_micros(micros).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn success(status: u16, body: Value) -> Reply {
    Reply {
        status,
        replayed: false,
        body,
    }
}

fn refusal(status: u16, code: &str) -> Reply {
    success(status, json!({"code": code}))
}

//! What is done at the shelf, one transaction after the other.

use fairhold_test_kit::history::{Ask, Reply};
use rand::Rng;
use serde_json::json;

use super::words::{number, refusal, success};
use super::{Fault, HOLD_SECONDS, OFF, SECOND, Shelf, Slip};

impl Shelf {
    /// Some are lost before they begin.
    pub(super) fn turn(&mut self, ask: &Ask, fault: Fault, early: i64) -> Option<Reply> {
        if self.random.random_bool(0.02) && *ask != Ask::List {
            return None;
        }
        self.now += self.random.random_range(1..SECOND / 2);
        let behind = match (fault, ask) {
            (Fault::OldClock, Ask::Confirm(_)) => OFF,
            _ => 0,
        };
        self.now -= behind;
        let reply = self.transact(ask, fault, early);
        self.now += behind;
        Some(reply)
    }

    fn transact(&mut self, ask: &Ask, fault: Fault, early: i64) -> Reply {
        self.expire(fault);
        if fault == Fault::Amnesia && self.random.random_bool(0.03) && self.line.is_empty() {
            self.slips.pop();
        }
        match ask {
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
        }
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
        if units > self.total && self.total != 0 {
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
        let passes_nobody = self.first_servable(fault).is_none() || fault == Fault::Overtaking;
        if units <= free && passes_nobody {
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
        let is_over = |from: i64| {
            let hold = self.slips[n].hold;
            hold.is_some_and(|(_, over)| over <= from)
        };
        let refuses = fault == Fault::EarlyExpiry && is_over(self.now + OFF) || is_over(self.now);
        match (self.slips[n].status, end) {
            (is, end) if is == end => {}
            ("RESERVED", "CONFIRMED") if refuses => return refusal(410, "reservation-expired"),
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
        let late = if fault == Fault::LateExpiry { OFF } else { 0 };
        let mut any = false;
        for slip in &mut self.slips {
            if slip.status == "RESERVED"
                && slip.hold.is_some_and(|(_, over)| over + late <= self.now)
            {
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
        while let Some(first) = self.first_servable(fault) {
            let next = if fault == Fault::LastFirst {
                self.line.len() - 1
            } else {
                first
            };
            let n = self.line[next];
            if self.slips[n].units > self.free() {
                return;
            }
            self.line.remove(next);
            self.hold(n, 2 * HOLD_SECONDS);
        }
    }

    /// The place in the line of the first reservation that can still be served.
    fn first_servable(&self, fault: Fault) -> Option<usize> {
        if fault == Fault::BlockedLine {
            return (!self.line.is_empty()).then_some(0);
        }
        let sold = self.slips.iter().filter(|slip| slip.status == "CONFIRMED");
        let unsold = self.total - sold.map(|slip| slip.units).sum::<i64>();
        let mut line = self.line.iter();
        line.position(|&n| self.slips[n].units <= unsold)
    }

    fn hold(&mut self, n: usize, seconds: i64) {
        let slip = &mut self.slips[n];
        slip.status = "RESERVED";
        slip.updated = self.now;
        slip.hold = Some((self.now, self.now + seconds * SECOND));
    }
}

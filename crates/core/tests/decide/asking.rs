//! From what is to be asked to the commands, with the ids that the tables have by then.

use chrono::TimeDelta;
use fairhold_core::allocation::{Cancel, Command, Confirm, Expire, Reserve, Restock};
use fairhold_core::ids::{ReservationId, Sku};
use fairhold_core::reservations::Reservation;
use proptest::sample::Index;
use uuid::Uuid;

use crate::generators::{Act, Pause, Target};
use crate::world::World;

impl World {
    pub(crate) fn wait(&mut self, pause: Pause) {
        match pause {
            Pause::None => {}
            Pause::Seconds(seconds) => self.pass(TimeDelta::seconds(seconds)),
            Pause::NextEnd(microseconds) => {
                let end = self.next_end().unwrap_or(self.now);
                self.now = self.now.max(end + TimeDelta::microseconds(microseconds));
            }
        }
    }

    /// The commands of a batch. Those about a reservation name one that was there before.
    pub(crate) fn commands(&mut self, acts: &[Act], earlier: &mut Vec<Command>) -> Vec<Command> {
        let mut commands = Vec::new();
        for act in acts {
            let Some(command) = self.command(act, earlier) else {
                continue;
            };
            earlier.push(command.clone());
            commands.push(command);
        }
        commands
    }

    fn command(&mut self, act: &Act, earlier: &[Command]) -> Option<Command> {
        Some(match act.clone() {
            Act::Reserve(sku, user_id, quantity, idempotency_key) => Command::Reserve(Reserve {
                sku,
                user_id,
                quantity,
                reservation_id: self.new_id(),
                idempotency_key,
                actor: None,
            }),
            Act::Confirm(target) => {
                let (sku, reservation_id) = self.find(&target)?;
                Command::Confirm(Confirm {
                    sku,
                    reservation_id,
                    actor: None,
                })
            }
            Act::Cancel(target) => {
                let (sku, reservation_id) = self.find(&target)?;
                Command::Cancel(Cancel {
                    sku,
                    reservation_id,
                    actor: None,
                })
            }
            Act::Restock(sku, change, reason, idempotency_key) => Command::Restock(Restock {
                sku,
                change,
                reason,
                idempotency_key,
                actor: None,
            }),
            Act::Expire(sku) => Command::Expire(Expire { sku }),
            Act::Again(_) if earlier.is_empty() => return None,
            Act::Again(index) => self.again(index.get(earlier)),
        })
    }

    fn again(&mut self, command: &Command) -> Command {
        match command.clone() {
            Command::Reserve(ask) => Command::Reserve(Reserve {
                reservation_id: self.new_id(),
                ..ask
            }),
            other => other,
        }
    }

    fn find(&self, target: &Target) -> Option<(Sku, ReservationId)> {
        let choose = |of: &dyn Fn(&&Reservation) -> bool, index: &Index| {
            let rows: Vec<_> = self.tables.reservations.values().filter(of).collect();
            let chosen = (!rows.is_empty()).then(|| index.get(&rows))?;
            Some((chosen.sku.clone(), chosen.reservation_id))
        };
        match target {
            Target::Live(index) => choose(&|r| r.status.is_live(), index),
            Target::Any(index) => choose(&|_| true, index),
            Target::Unknown(sku) => Some((sku.clone(), Uuid::nil().into())),
        }
    }
}

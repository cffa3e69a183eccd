//! From a reply of the server to an answer of the history.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::Value;

use super::model::{Answer, Ask, Breach, Counters, Facts, History, Micros, Status};

/// A whole reply.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub replayed: bool,
    pub body: Value,
}

impl History {
    /// Writes a call and its reply down; without a reply, its outcome is unknown.
    pub fn record(&mut self, times: (Micros, Micros), ask: Ask, reply: Option<&Reply>) {
        let refusal = reply.and_then(|reply| reply.body["code"].as_str());
        let answer = match (reply, refusal) {
            (None, _) | (_, Some("database-unavailable")) => Answer::Unknown,
            // It says that nothing was changed, so it must do without an explanation.
            (_, Some("overloaded")) => return,
            (Some(reply), Some(code)) => {
                if reply.status >= 500 {
                    let breach = format!("{}: {ask:?} was answered {reply:?}", self.sku);
                    self.breaches.push(Breach(breach));
                }
                Answer::Refused(code.to_owned())
            }
            (Some(reply), None) => {
                if let Some(answer) = self.understand(times.0, &ask, reply) {
                    answer
                } else {
                    let breach = format!("{}: {ask:?} was answered {reply:?}", self.sku);
                    self.breaches.push(Breach(breach));
                    return;
                }
            }
        };
        let looks = matches!(ask, Ask::Stock | Ask::Status(_) | Ask::List);
        if !(looks && answer == Answer::Unknown) {
            self.push(times, ask, answer);
        }
    }

    fn understand(&mut self, begun: Micros, ask: &Ask, reply: &Reply) -> Option<Answer> {
        let Reply {
            status,
            replayed,
            body,
        } = reply;
        Some(match ask {
            Ask::Reserve { .. } => {
                self.learn_of(body)?;
                Answer::Reserved {
                    status: *status,
                    id: text(body, "reservation_id")?,
                    position: body.pointer("/waitlist/position").and_then(Value::as_i64),
                    replayed: *replayed,
                }
            }
            Ask::Confirm(_) | Ask::Cancel(_) | Ask::Status(_) => {
                self.learn_of(body)?;
                Answer::Is(status_of(body)?)
            }
            Ask::Restock { key, .. } => {
                self.learn_restock(begun, key.as_ref(), instant(body, "updated_at")?);
                Answer::Restocked {
                    counters: counters(body)?,
                    promoted: body["promoted"].as_i64()?,
                    replayed: *replayed,
                }
            }
            Ask::Stock => Answer::Counted(counters(body)?),
            Ask::List => {
                let mut listed = BTreeMap::new();
                for item in body["items"].as_array()? {
                    self.learn_of(item)?;
                    listed.insert(text(item, "reservation_id")?, status_of(item)?);
                }
                body["next_cursor"].is_null().then_some(())?;
                Answer::Listed(listed)
            }
        })
    }

    /// Takes in what a reservation object tells.
    fn learn_of(&mut self, body: &Value) -> Option<()> {
        let over = instant(body, "expires_at");
        let length = body["ttl_seconds"].as_i64().map(|s| s * 1_000_000);
        let status = status_of(body)?;
        let ended = matches!(status, Status::Confirmed | Status::Cancelled);
        let facts = Facts {
            user: text(body, "user_id")?,
            units: body["quantity"].as_i64()?,
            created: instant(body, "created_at")?,
            hold: over.zip(length).map(|(over, length)| (over - length, over)),
            ended: instant(body, "updated_at").filter(|_| ended),
        };
        self.learn(&text(body, "reservation_id")?, facts);
        Some(())
    }
}

fn text(body: &Value, name: &str) -> Option<String> {
    Some(body[name].as_str()?.to_owned())
}

fn instant(body: &Value, name: &str) -> Option<Micros> {
    let instant = DateTime::parse_from_rfc3339(body[name].as_str()?).ok()?;
    Some(instant.timestamp_micros())
}

fn status_of(body: &Value) -> Option<Status> {
    Some(match body["status"].as_str()? {
        "WAITLISTED" => Status::Waitlisted,
        "RESERVED" => Status::Reserved,
        "CONFIRMED" => Status::Confirmed,
        "CANCELLED" => Status::Cancelled,
        "EXPIRED" => Status::Expired,
        _ => return None,
    })
}

fn counters(body: &Value) -> Option<Counters> {
    let number = |name: &str| body[name].as_i64();
    Some(Counters {
        available: number("available_quantity")?,
        reserved: number("reserved_quantity")?,
        sold: number("sold_quantity")?,
        total: number("total_quantity")?,
        waiting: number("waitlist_size")?,
    })
}

//! What the shop shows and says.

use chrono::{DateTime, SecondsFormat};
use fairhold_test_kit::history::Reply;
use serde_json::{Value, json};

use super::{SECOND, Shelf};

impl Shelf {
    pub(super) fn units(&self, status: &str) -> i64 {
        let slips = self.slips.iter().filter(|slip| slip.status == status);
        slips.map(|slip| slip.units).sum()
    }

    pub(super) fn free(&self) -> i64 {
        self.total - self.units("RESERVED") - self.units("CONFIRMED")
    }

    pub(super) fn counters(&self) -> Value {
        json!({
            "available_quantity": self.free(),
            "reserved_quantity": self.units("RESERVED"),
            "sold_quantity": self.units("CONFIRMED"),
            "total_quantity": self.total,
            "waitlist_size": self.line.len(),
            "updated_at": time(self.now),
        })
    }

    pub(super) fn object(&self, n: usize) -> Value {
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
            "waitlist": place.map(|ahead| json!({"sequence": 0, "position": ahead + 1, "servable": true})),
        })
    }
}

pub(super) fn number(id: &str) -> Option<usize> {
    id.strip_prefix("r-")?.parse().ok()
}

fn time(micros: i64) -> String {
    let time = DateTime::from_timestamp_micros(micros).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

pub(super) fn success(status: u16, body: Value) -> Reply {
    Reply {
        status,
        replayed: false,
        body,
    }
}

pub(super) fn refusal(status: u16, code: &str) -> Reply {
    success(status, json!({"code": code}))
}

//! Rule 4, to the microsecond.

use chrono::TimeDelta;
use fairhold_core::allocation::{Cancel, Command, Confirm, Limits, Reserve};
use fairhold_core::idempotency::Disposition;
use fairhold_core::ids::{Quantity, ReservationId};
use proptest::prelude::*;

use crate::answers::{Answer, Refusal};
use crate::config;
use crate::generators::{sku, user_id};
use crate::world::{Opening, World};

/// A shop whose whole stock `user-1` holds.
fn sold_out_shop(units: i32, waitlist_limit: Option<u8>) -> (World, ReservationId) {
    let opening = Opening {
        units,
        hold_seconds: 10,
        waitlist_limit,
    };
    let mut world = World::new(&[(sku("shop"), opening)], Limits::default());
    let ask = ask(&mut world, "user-1", units);
    let id = ask.reservation_id;
    world.transact(&[ask.into()]);
    (world, id)
}

fn ask(world: &mut World, user: &str, units: i32) -> Reserve {
    Reserve {
        sku: sku("shop"),
        user_id: user_id(user),
        quantity: Quantity::new(units.into()).unwrap_or_else(|| panic!("{units} units")),
        reservation_id: world.new_id(),
        idempotency_key: None,
        actor: None,
    }
}

fn confirm(reservation_id: ReservationId) -> Command {
    let sku = sku("shop");
    Command::Confirm(Confirm {
        sku,
        reservation_id,
        actor: None,
    })
}

fn cancel(reservation_id: ReservationId) -> Command {
    let sku = sku("shop");
    Command::Cancel(Cancel {
        sku,
        reservation_id,
        actor: None,
    })
}

fn disposition(answer: &Answer) -> Option<Disposition> {
    match answer {
        Answer::Reserved { disposition, .. } => Some(*disposition),
        _ => None,
    }
}

proptest! {
    #![proptest_config(config(50))]

    #[test]
    fn a_hold_that_is_over_is_nobodys_and_its_stock_is_free_at_once(
        units in 1..=4_i32, waitlist_limit in prop::option::of(0..3_u8), late in prop_oneof![Just(0), 0..9_000_000_i64],
    ) {
        let (mut world, id) = sold_out_shop(units, waitlist_limit);
        world.pass(TimeDelta::seconds(10) + TimeDelta::microseconds(late));
        let rival = ask(&mut world, "user-2", units);
        let answers = world.transact(&[confirm(id), cancel(id), rival.into()]);
        let over = |answer: &Answer| matches!(answer, Answer::Refused(Refusal::Expired(Some(_))));
        prop_assert!(over(&answers[0]) && over(&answers[1]), "{answers:?}");
        prop_assert_eq!(disposition(&answers[2]), Some(Disposition::Held));
    }

    #[test]
    fn a_hold_is_its_users_until_the_last_microsecond(
        units in 1..=4_i32, early in prop_oneof![Just(1), 1..9_000_000_i64],
    ) {
        let (mut world, id) = sold_out_shop(units, None);
        world.pass(TimeDelta::seconds(10) - TimeDelta::microseconds(early));
        let rival = ask(&mut world, "user-2", units);
        let answers = world.transact(&[rival.into(), confirm(id)]);
        prop_assert_eq!(disposition(&answers[0]), Some(Disposition::Waitlisted));
        prop_assert!(matches!(answers[1], Answer::Found(_)));
    }
}

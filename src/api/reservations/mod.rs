//! Reservations: made, checked out and read.

mod checkout;
mod list;
mod reserve;
mod show;
mod view;

use super::policy::{RoutePolicy, Routes};
use crate::access::Permission;

pub(super) use show::find_for;
pub use view::ReservationView;

pub(super) fn routes() -> Routes {
    let command = RoutePolicy::command(Permission::Reserve);
    let checkout = RoutePolicy::checkout(Permission::Reserve);
    let read = RoutePolicy::read(Permission::ReadReservations);
    Routes::new("Reservations")
        .post(
            "/inventory/reserve",
            command,
            reserve::reserve,
            reserve::operation(),
        )
        .post(
            "/checkout/confirm",
            checkout,
            checkout::confirm,
            checkout::confirm_operation(),
        )
        .post(
            "/checkout/cancel",
            checkout,
            checkout::cancel,
            checkout::cancel_operation(),
        )
        .get("/reservations", read, list::list, list::operation())
        .get(
            "/reservations/{reservation_id}",
            read,
            show::show,
            show::operation(),
        )
}

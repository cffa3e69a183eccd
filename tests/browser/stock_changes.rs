//! What the dashboard changes: each asks first, and says what it did.

use fantoccini::key::Key;

use crate::dashboard::{Dashboard, sell_out};
use crate::stage::{Stage, play};

/// What the console says of an answer that refuses what was typed.
pub(crate) const REFUSED: &str = "422 (Unprocessable";

#[tokio::test]
async fn a_sku_is_created_once_it_is_confirmed() {
    play(async |stage: &mut Stage| {
        stage.forgive(REFUSED);
        let dashboard = Dashboard::open(stage).await;
        dashboard.0.click("#create-open").await;
        dashboard.0.fill("#create-sku", "no spaces please").await;
        dashboard.0.fill("#create-quantity", "12").await;
        dashboard.0.click("#create-submit").await;
        dashboard.0.sees("#create-sku[aria-invalid=true]").await;
        dashboard
            .0
            .mentions("#create-form [data-problem]", "sku")
            .await;
        dashboard.0.fill("#create-sku", "dates").await;
        dashboard.0.click("#create-submit").await;
        dashboard.says("dates is on sale, with 12 units").await;
        dashboard.0.shows("#detail-title", "dates").await;
        dashboard.counts([12, 0, 0, 0]).await;
        dashboard.lists(&["dates"]).await;
        let made = stage.shop.get("/inventory/dates").await;
        assert_eq!(made.number("total_quantity"), 12);
    })
    .await;
}

#[tokio::test]
async fn stock_is_added_and_serves_those_who_wait() {
    play(async |stage: &mut Stage| {
        sell_out(stage, "figs", "first", &["second", "third"]).await;
        let dashboard = Dashboard::open_at(stage, "figs").await;
        dashboard.0.mentions("#detail-meta", "1 unit in all").await;
        dashboard.waited_for_by(&["second", "third"]).await;
        dashboard.0.click("#restock-open").await;
        dashboard.0.fill("#restock-quantity", "5").await;
        dashboard.0.fill("#restock-reason", "a late delivery").await;
        dashboard.0.mentions("#restock-effect", "2 wait").await;
        dashboard.0.click("#restock-submit").await;
        dashboard
            .says("5 units added to figs; 2 who waited hold")
            .await;
        dashboard.counts([3, 3, 0, 0]).await;
        dashboard.waited_for_by(&[]).await;
        dashboard.0.mentions("#ledger", "a late delivery").await;
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_cancelled_once_that_is_confirmed() {
    play(async |stage: &mut Stage| {
        sell_out(stage, "grapes", "first", &["second"]).await;
        let dashboard = Dashboard::open_at(stage, "grapes").await;
        dashboard.held_by(&["first"]).await;
        dashboard.0.click("#reservations [data-cancel]").await;
        dashboard
            .0
            .mentions("#cancel-text", "first holds 1 unit")
            .await;
        dashboard.0.click("#cancel-dialog [data-close]").await;
        dashboard.0.misses("#cancel-dialog").await;
        let kept = stage.shop.get("/inventory/grapes").await;
        assert_eq!(kept.number("waitlist_size"), 1);
        dashboard.0.click("#reservations [data-cancel]").await;
        dashboard.0.click("#cancel-submit").await;
        dashboard.says("The hold of first is cancelled").await;
        dashboard.held_by(&["second"]).await;
        dashboard.waited_for_by(&[]).await;
        dashboard.counts([0, 1, 0, 0]).await;
    })
    .await;
}

#[tokio::test]
async fn stock_is_changed_without_a_mouse() {
    play(async |stage: &mut Stage| {
        stage.shop.stock("lemons", 2).await;
        let dashboard = Dashboard::open(stage).await;
        dashboard.lists(&["lemons"]).await;
        dashboard.tab_to("#skus-rows a").await;
        dashboard.0.press(&[Key::Enter]).await;
        dashboard.counts([2, 0, 0, 0]).await;
        dashboard.tab_to("#restock-open").await;
        dashboard.0.press(&[Key::Enter]).await;
        dashboard.0.sees("#restock-quantity:focus").await;
        dashboard.tab_to("[data-close]").await;
        dashboard.0.press(&[Key::Escape]).await;
        dashboard.0.misses("#restock-dialog").await;
        dashboard.0.sees("#restock-open:focus").await;
        dashboard.0.press(&[Key::Enter, Key::Enter]).await;
        dashboard.says("10 units added to lemons").await;
        dashboard.0.sees("#restock-open:focus").await;
        dashboard.counts([12, 0, 0, 0]).await;
    })
    .await;
}

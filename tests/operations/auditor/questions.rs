//! The expected answer to each question of the page.

use std::collections::BTreeMap;

use fairhold_test_kit::Tables;

use super::Auditor;
use crate::page::pick;
use crate::sale::SKU;

pub(super) async fn ask_about_stock(auditor: &mut Auditor<'_>) {
    let rows = auditor.ask("Does the stock add up?", "").await;
    let names = ["sku", "brought_in", "available", "held", "sold", "adds_up"];
    let rows = pick(&rows, names);
    assert_eq!(rows[0], ["GIG", "6", "1", "3", "2", "t"]);
    assert_eq!([rows[1][0].as_str(), rows[1][5].as_str()], [SKU, "t"]);
    auditor
        .expect(
            "Was any unit ever oversold?",
            ["sku", "least_available", "most_above_stock"],
            &[["GIG", "0", "0"]],
        )
        .await;
    auditor
        .expect(
            "Who got the last unit?",
            ["kind", "user_id", "quantity", "status"],
            &[["PROMOTED", "dan", "1", "CONFIRMED"]],
        )
        .await;
    let rows = auditor
        .ask("When and why did the total stock change?", "")
        .await;
    let names = ["kind", "total_delta", "total_after"];
    assert_eq!(
        pick(&rows, names),
        [
            ["INITIALIZED", "5", "5"],
            ["RESTOCKED", "1", "6"],
            ["RESTOCKED", "1", "7"],
            ["RESTOCKED", "-1", "6"]
        ]
    );
    assert_eq!(rows[2]["reason"], "a return");
    ask_about_accounts(auditor).await;
    let rows = auditor.ask("Is any rule broken?", "").await;
    assert_eq!(rows[0]["discrepancies"], "0");
    assert!(rows[0]["entries"].parse::<u32>().unwrap() > 100);
}

async fn ask_about_accounts(auditor: &mut Auditor<'_>) {
    let rows = auditor.ask("Which actor made the changes?", "").await;
    let names = ["actor", "kind", "entries", "available_delta", "scope"];
    let found = pick(&rows, names);
    for known in [
        ["expiry", "EXPIRED", "2", "3", ""],
        ["expiry", "PROMOTED", "2", "-3", ""],
        ["key:stockroom", "RESTOCKED", "1", "-1", "admin"],
        ["anonymous (no keys)", "INITIALIZED", "1", "5", ""],
        ["anonymous (no keys)", "RESTOCKED", "2", "2", ""],
    ] {
        assert!(
            found.contains(&known.map(str::to_owned)),
            "{known:?}: {rows:#?}"
        );
    }
    for row in rows {
        let is_keyed = row["actor"].starts_with("key:");
        assert_eq!(row["revoked_at"].starts_with("20"), is_keyed, "{row:?}");
    }
}

/// Forges the ledger so that `eve` is served after `fay`, whom she was ahead of.
pub(super) async fn ask_who_was_overtaken(auditor: &mut Auditor<'_>, books: &Tables) {
    let swap = "update ledger set entry = 1000 where sku = 'GIG' and entry = 18;
                update ledger set entry = 18 where sku = 'GIG' and entry = 19;
                update ledger set entry = 19 where sku = 'GIG' and entry = 1000";
    books.execute(swap).await;
    let rows = auditor
        .ask("Who never got stock, or was overtaken?", "")
        .await;
    let rows = pick(&rows, ["sequence", "user_id", "why"]);
    let why = "overtaken by sequence 4 in entry 18; served in entry 19";
    assert_eq!(rows[0], ["2", "eve", why]);
    assert_eq!(rows.len(), 3, "{rows:?}");
    auditor
        .expect(
            "Was anyone promoted out of turn?",
            ["promotions", "out_of_turn", "newcomers_ahead_of_waitlist"],
            &[["3", "1", "0"]],
        )
        .await;
}

pub(super) async fn ask_about_the_waitlist(auditor: &mut Auditor<'_>) {
    let rows = auditor
        .ask("Who never got stock, or was overtaken?", "")
        .await;
    let names = ["sequence", "user_id", "quantity"];
    assert_eq!(pick(&rows, names), [["3", "hal", "1"], ["5", "gus", "3"]]);
    assert!(
        rows[0]["why"].starts_with("left the waitlist at 20"),
        "{rows:?}"
    );
    assert_eq!(rows[1]["why"], "is next, but only 1 available");
    auditor
        .expect(
            "Was anyone promoted out of turn?",
            ["promotions", "out_of_turn", "newcomers_ahead_of_waitlist"],
            &[["3", "0", "0"]],
        )
        .await;
    let rows = auditor.ask("Who waited longest?", "").await;
    let outcomes: BTreeMap<_, _> = rows
        .iter()
        .map(|row| (row["user_id"].as_str(), row["outcome"].as_str()))
        .collect();
    let known = [
        ("dan", "served"),
        ("eve", "served"),
        ("fay", "served"),
        ("gus", "still waiting"),
        ("hal", "left"),
    ];
    assert_eq!(outcomes, BTreeMap::from(known));
    let waited: Vec<_> = rows.iter().map(|row| row["waited"].clone()).collect();
    assert!(waited.is_sorted_by(|a, b| a >= b), "{waited:?}");
}

pub(super) async fn ask_about_people(auditor: &mut Auditor<'_>) {
    auditor
        .expect(
            "What happened to this user's reservations?",
            ["sku", "quantity", "ttl_seconds", "fairness_tier", "status"],
            &[["GIG", "1", "300", "full", "EXPIRED"]],
        )
        .await;
    auditor
        .expect(
            "Who got the stock of cancelled and expired holds?",
            [
                "how",
                "released_by",
                "units",
                "next_how",
                "next_user",
                "next_units",
                "idle_for",
            ],
            &[
                ["CANCELLED", "ben", "1", "PROMOTED", "dan", "1", "00:00:00"],
                ["EXPIRED", "cleo", "1", "PROMOTED", "eve", "1", "00:00:00"],
                ["EXPIRED", "ivy", "2", "PROMOTED", "eve", "1", "00:00:00"],
                ["EXPIRED", "ivy", "2", "PROMOTED", "fay", "1", "00:00:00"],
            ],
        )
        .await;
    let rows = auditor.ask("What happened in this period?", "").await;
    let of_gig: Vec<_> = rows.into_iter().filter(|row| row["sku"] == "GIG").collect();
    assert_eq!(
        pick(
            &of_gig,
            ["kind", "user_id", "available_delta", "reserved_delta"]
        ),
        [
            ["CANCELLED", "ben", "1", "-1"],
            ["PROMOTED", "dan", "-1", "1"]
        ]
    );
    auditor
        .expect(
            "What did this idempotency key do?",
            ["sku", "endpoint", "entry", "kind", "user_id", "status_now"],
            &[["GIG", "reserve", "2", "RESERVED", "amy", "CONFIRMED"]],
        )
        .await;
    let rows = auditor
        .ask("What did this idempotency key do?", "delivery-1")
        .await;
    let names = ["endpoint", "entry", "kind", "user_id"];
    assert_eq!(pick(&rows, names), [["restock", "15", "RESTOCKED", ""]]);
}

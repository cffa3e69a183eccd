//! What each question of the page must be answered.

use std::collections::BTreeMap;

use super::Auditor;
use crate::page::pick;
use crate::sale::SKU;

pub(super) async fn ask_about_stock(auditor: &mut Auditor<'_>) {
    let rows = auditor.ask("Does the stock add up?", "").await;
    let names = ["sku", "brought_in", "available", "held", "sold", "adds_up"];
    let rows = pick(&rows, names);
    assert_eq!(rows[0], ["GIG", "5", "0", "3", "2", "t"]);
    assert_eq!([rows[1][0].as_str(), rows[1][5].as_str()], [SKU, "t"]);
    auditor
        .expect(
            "Was more ever given away than there was?",
            ["sku", "least_available", "most_above_stock"],
            &[["GIG", "0", "0"]],
        )
        .await;
    auditor
        .expect(
            "Who got the last unit?",
            ["kind", "user_id", "quantity", "status"],
            &[["PROMOTED", "fay", "1", "RESERVED"]],
        )
        .await;
    let rows = auditor
        .ask("How did the stock change, and who said why?", "")
        .await;
    let names = ["kind", "total_delta", "total_after"];
    let restocked = ["RESTOCKED", "1"];
    assert_eq!(
        pick(&rows, names),
        [
            ["INITIALIZED", "3", "3"],
            [restocked[0], restocked[1], "4"],
            [restocked[0], restocked[1], "5"]
        ]
    );
    assert_eq!(rows[2]["reason"], "a return");
    let rows = auditor.ask("On whose account was it done?", "").await;
    let expired: Vec<_> = rows.iter().filter(|row| row["kind"] == "EXPIRED").collect();
    assert_eq!(expired.len(), 1, "{rows:?}");
    assert_eq!(expired[0]["actor"], "expiry");
    let stocked = rows.iter().find(|row| row["kind"] == "INITIALIZED");
    assert_eq!(stocked.unwrap()["actor"], "nobody had to say");
    let rows = auditor.ask("Is any rule broken?", "").await;
    assert_eq!(rows[0]["discrepancies"], "0");
    assert!(rows[0]["entries"].parse::<u32>().unwrap() > 100);
}

pub(super) async fn ask_about_the_line(auditor: &mut Auditor<'_>) {
    let rows = auditor.ask("Who was passed over, and why?", "").await;
    let names = ["sequence", "user_id", "quantity"];
    assert_eq!(pick(&rows, names), [["3", "hal", "1"], ["5", "gus", "2"]]);
    assert!(
        rows[0]["why"].starts_with("left the line at 20"),
        "{rows:?}"
    );
    assert_eq!(rows[1]["why"], "is next, and nothing is available");
    auditor
        .expect(
            "Was anybody promoted out of turn?",
            ["promotions", "out_of_turn", "newcomers_before_the_line"],
            &[["3", "0", "0"]],
        )
        .await;
    let rows = auditor.ask("Who waited longest?", "").await;
    let how: BTreeMap<_, _> = rows
        .iter()
        .map(|row| (row["user_id"].as_str(), row["how"].as_str()))
        .collect();
    let known = [
        ("dan", "until served"),
        ("eve", "until served"),
        ("fay", "until served"),
        ("gus", "and still waits"),
        ("hal", "until they left"),
    ];
    assert_eq!(how, BTreeMap::from(known));
    let waited: Vec<_> = rows.iter().map(|row| row["waited"].clone()).collect();
    assert!(waited.is_sorted_by(|a, b| a >= b), "{waited:?}");
}

pub(super) async fn ask_about_people(auditor: &mut Auditor<'_>) {
    auditor
        .expect(
            "What became of each hold of this user?",
            ["sku", "quantity", "ttl_seconds", "fairness_tier", "status"],
            &[["GIG", "1", "300", "full", "EXPIRED"]],
        )
        .await;
    auditor
        .expect(
            "Which holds were given up or ran out, and who got their stock next?",
            [
                "how",
                "given_up_by",
                "units",
                "next_how",
                "next_user",
                "idle_for",
            ],
            &[
                ["CANCELLED", "ben", "1", "PROMOTED", "dan", "00:00:00"],
                ["EXPIRED", "cleo", "1", "PROMOTED", "eve", "00:00:00"],
            ],
        )
        .await;
    let rows = auditor
        .ask("What happened between these two instants?", "")
        .await;
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
            "What did this key do?",
            ["sku", "endpoint", "entry", "kind", "user_id", "status_now"],
            &[["GIG", "reserve", "2", "RESERVED", "amy", "CONFIRMED"]],
        )
        .await;
    let rows = auditor.ask("What did this key do?", "delivery-1").await;
    let names = ["endpoint", "entry", "kind", "user_id"];
    assert_eq!(pick(&rows, names), [["restock", "14", "RESTOCKED", ""]]);
}

//! What each question of the page must be answered.

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
            "Was more ever given away than there was?",
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
        .ask("How did the stock change, and who said why?", "")
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
    let rows = auditor.ask("On whose account was it done?", "").await;
    let names = ["actor", "kind", "entries", "available_delta", "scope"];
    let told = pick(&rows, names);
    for known in [
        ["expiry", "EXPIRED", "2", "3", ""],
        ["expiry", "PROMOTED", "2", "-3", ""],
        ["key:stockroom", "RESTOCKED", "1", "-1", "admin"],
        ["nobody had to say", "INITIALIZED", "1", "5", ""],
        ["nobody had to say", "RESTOCKED", "2", "2", ""],
    ] {
        assert!(
            told.contains(&known.map(str::to_owned)),
            "{known:?}: {rows:#?}"
        );
    }
    for row in rows {
        let is_keyed = row["actor"].starts_with("key:");
        assert_eq!(row["revoked_at"].starts_with("20"), is_keyed, "{row:?}");
    }
}

/// Has `eve` served behind `fay`, whom she was ahead of: nothing but the books can tell.
pub(super) async fn ask_who_was_overtaken(auditor: &mut Auditor<'_>, books: &Tables) {
    let swap = "update ledger set entry = 1000 where sku = 'GIG' and entry = 18;
                update ledger set entry = 18 where sku = 'GIG' and entry = 19;
                update ledger set entry = 19 where sku = 'GIG' and entry = 1000";
    books.execute(swap).await;
    let rows = auditor.ask("Who was passed over, and why?", "").await;
    let rows = pick(&rows, ["sequence", "user_id", "why"]);
    let why = "sequence 4 was served before, in entry 18; served at last in entry 19";
    assert_eq!(rows[0], ["2", "eve", why]);
    assert_eq!(rows.len(), 3, "{rows:?}");
    auditor
        .expect(
            "Was anybody promoted out of turn?",
            ["promotions", "out_of_turn", "newcomers_before_the_line"],
            &[["3", "1", "0"]],
        )
        .await;
}

pub(super) async fn ask_about_the_line(auditor: &mut Auditor<'_>) {
    let rows = auditor.ask("Who was passed over, and why?", "").await;
    let names = ["sequence", "user_id", "quantity"];
    assert_eq!(pick(&rows, names), [["3", "hal", "1"], ["5", "gus", "3"]]);
    assert!(
        rows[0]["why"].starts_with("left the line at 20"),
        "{rows:?}"
    );
    assert_eq!(rows[1]["why"], "is next, but only 1 available");
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
    assert_eq!(pick(&rows, names), [["restock", "15", "RESTOCKED", ""]]);
}

//! Every question of docs/auditing.md, asked of a busy sale whose facts are known.

use std::collections::BTreeMap;

use futures_util::future::join;
use serde_json::json;

use crate::books::Books;
use crate::cluster::{Site, eventually};
use crate::page::{Page, Row, pick};
use crate::process::Fairhold;
use crate::sale::{SKU, Sale, assert_proved};
use crate::shop::Shop;

/// What the sale of the SKU `GIG` was, beside the bustle on another.
struct Facts {
    from: String,
    to: String,
}

async fn clock(books: &Books) -> String {
    books
        .texts("select clock_timestamp()::text")
        .await
        .remove(0)
}

/// Three units, then two more: `amy` buys, `ben` gives up and `dan` follows, `cleo` lets her hold
/// run out and `eve` follows, `hal` leaves the line, `fay` gets the last, `gus` waits for more.
async fn play(shop: &Shop, books: &Books) -> Facts {
    shop.stock("GIG", 3).await;
    let body = json!({"sku": "GIG", "user_id": "amy", "quantity": 1});
    let amy = shop
        .post_with_key("/inventory/reserve", "order-4711", &body)
        .await;
    shop.confirm(&amy.id()).await.assert_status(200);
    let ben = shop.reserve("GIG", "ben").await.id();
    shop.reserve("GIG", "cleo").await.assert_status(201);
    let dan = shop.reserve("GIG", "dan").await.id();
    shop.reserve_units("GIG", "eve", 2).await.assert_status(202);
    let hal = shop.reserve("GIG", "hal").await.id();
    shop.reserve("GIG", "fay").await.assert_status(202);
    shop.cancel(&hal).await.assert_status(200);
    let from = clock(books).await;
    shop.cancel(&ben).await.assert_status(200);
    let to = clock(books).await;
    shop.confirm(&dan).await.assert_status(200);
    let body = json!({"sku": "GIG", "quantity": 1, "reason": "found behind the shelf"});
    shop.post_with_key("/inventory/restock", "delivery-1", &body)
        .await
        .assert_status(200);
    books.end_holds("GIG", 1).await;
    let waiting = "select waitlist_size from skus where sku = 'GIG'";
    eventually("eve is served", async || books.number(waiting).await == 1).await;
    let body = json!({"sku": "GIG", "quantity": 1, "reason": "a return"});
    shop.post("/inventory/restock", body)
        .await
        .assert_status(200);
    shop.reserve_units("GIG", "gus", 2).await.assert_status(202);
    Facts { from, to }
}

/// What each question must be answered.
struct Auditor<'a> {
    site: &'a Site,
    page: Page,
    url: String,
    facts: Facts,
    asked: Vec<&'static str>,
}

impl Auditor<'_> {
    async fn ask(&mut self, question: &'static str, key: &str) -> Vec<Row> {
        self.asked.push(question);
        let values = [
            ("sku", "GIG"),
            ("user_id", "cleo"),
            ("key", key),
            ("from", &self.facts.from),
            ("to", &self.facts.to),
        ];
        let rows = self.page.ask(self.site, &self.url, question, &values).await;
        assert!(!rows.is_empty(), "{question}");
        rows
    }

    async fn expect<const N: usize>(
        &mut self,
        question: &'static str,
        names: [&str; N],
        expected: &[[&str; N]],
    ) {
        let rows = self.ask(question, "order-4711").await;
        assert_eq!(pick(&rows, names), expected, "{question}: {rows:#?}");
    }
}

async fn ask_about_stock(auditor: &mut Auditor<'_>) {
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

async fn ask_about_the_line(auditor: &mut Auditor<'_>) {
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

async fn ask_about_people(auditor: &mut Auditor<'_>) {
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

#[tokio::test]
async fn every_question_of_the_page_has_its_answer() {
    let Some(site) = Site::having(&["pg_ctl", "psql"]).await else {
        return;
    };
    let cluster = site.cluster("primary", "").await;
    let url = cluster.url("postgres");
    let server = Fairhold::start(&url, &[]).await;
    let (shop, books) = (Shop::at(server.address()), cluster.books().await);
    shop.stock(SKU, 200).await;
    let sale = Sale::default();
    let played = async {
        sale.goes_on_for(100).await;
        let facts = play(&shop, &books).await;
        sale.goes_on_for(100).await;
        sale.end();
        facts
    };
    let ((), facts) = join(sale.run(&shop, "sale"), played).await;
    assert_proved(&url, &books).await;
    let mut auditor = Auditor {
        site: &site,
        page: Page::read(),
        url,
        facts,
        asked: Vec::new(),
    };
    ask_about_stock(&mut auditor).await;
    ask_about_the_line(&mut auditor).await;
    ask_about_people(&mut auditor).await;
    auditor.asked.sort_unstable();
    auditor.asked.dedup();
    assert_eq!(
        auditor.page.questions(),
        auditor.asked,
        "each question is asked"
    );
}

//! Every question of docs/auditing.md, asked about a sale with known facts.

mod gig;
mod keyed;
mod questions;

use fairhold_test_kit::{Fairhold, PostgresHost, Shop};
use futures_util::future::join;

use self::gig::{Facts, play};
use self::keyed::take_one_away;
use self::questions::{
    ask_about_people, ask_about_stock, ask_about_the_waitlist, ask_who_was_overtaken,
};
use crate::page::{Page, Row, pick};
use crate::sale::{SKU, Sale, assert_audited};

/// Asks the questions of the page, and notes which were asked.
struct Auditor<'a> {
    site: &'a PostgresHost,
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

#[tokio::test]
async fn every_question_of_the_page_gets_the_right_answer() {
    let Some(site) = PostgresHost::having(&["pg_ctl", "psql"]).await else {
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
    take_one_away(&url).await;
    assert_audited(&url, &books).await;
    let mut auditor = Auditor {
        site: &site,
        page: Page::read(),
        url,
        facts,
        asked: Vec::new(),
    };
    ask_about_stock(&mut auditor).await;
    ask_about_the_waitlist(&mut auditor).await;
    ask_about_people(&mut auditor).await;
    ask_who_was_overtaken(&mut auditor, &books).await;
    auditor.asked.sort_unstable();
    auditor.asked.dedup();
    assert_eq!(
        auditor.page.questions(),
        auditor.asked,
        "each question is asked"
    );
}

//! Commits whose wait for the synchronous standby is interrupted, so that only the primary has them.

use std::cell::RefCell;

use fairhold_test_kit::{Fairhold, PostgresHost, Shop, Tables, eventually};
use futures_util::future::join;
use serde_json::json;

use crate::sale::{SKU, assert_audited};
use crate::standby::{standby_of, until_synchronous};

/// The backends that wait, each with the start of its query.
const WAITING: &str = "select format('%s, %L', pid, query_start) from pg_stat_activity
    where wait_event = 'SyncRep'";

/// Interrupts waits: terminates backends, or cancels their queries, which then report a commit with a
/// warning.
struct Interrupter<'a> {
    books: &'a Tables,
    function: &'a str,
    /// Waits that are interrupted already, or whose clients are gone.
    known: RefCell<Vec<String>>,
}

impl Interrupter<'_> {
    async fn waiting(&self) -> Vec<String> {
        let mut waiting = self.books.texts(WAITING).await;
        waiting.retain(|one| !self.known.borrow().contains(one));
        waiting
    }

    /// Interrupts the next wait, once there is one.
    async fn interrupt(&self) {
        eventually("a commit waits", async || !self.waiting().await.is_empty()).await;
        for waiting in self.waiting().await {
            let (pid, _) = waiting.split_once(',').unwrap();
            let cut = format!("select {}({pid})::text", self.function);
            self.books.texts(&cut).await;
            self.known.borrow_mut().push(waiting);
        }
    }

    /// Ignores the waits of now.
    async fn ignore_current(&self) {
        let waiting = self.waiting().await;
        self.known.borrow_mut().extend(waiting);
    }
}

/// The commits become visible on the primary, and must not be acknowledged for that, since the standby
/// does not have them. Tested for a lane, and for the creation of a SKU, which no lane does.
async fn a_commit_that_only_the_primary_has_is_not_acknowledged(function: &str) {
    let Some(site) = PostgresHost::having(&["pg_ctl", "pg_basebackup"]).await else {
        return;
    };
    let primary = site.cluster("primary", "").await;
    let server = Fairhold::start(&primary.url("postgres"), &["--request-timeout-ms", "2000"]).await;
    let shop = Shop::at(server.address());
    shop.stock(SKU, 5).await;
    let standby = standby_of(&site, &primary).await;
    shop.reserve(SKU, "both").await.assert_status(201);
    standby.stop("immediate").await;

    let books = &primary.books().await;
    let interrupter = Interrupter {
        books,
        function,
        known: RefCell::default(),
    };
    let (answer, ()) = join(shop.reserve(SKU, "one"), async {
        interrupter.interrupt().await;
        // The lane's check of the outcome waits as well.
        interrupter.interrupt().await;
    })
    .await;
    answer.assert_problem(503, "database-unavailable");
    let reserved = "select count(*) from reservations where user_id = 'one'";
    assert_eq!(books.number(reserved).await, 1, "the primary has it");

    let init = || shop.post("/inventory/init", json!({"sku": "NEW", "quantity": 5}));
    let made = "select count(*) from skus where sku = 'NEW'";
    for _ in 0..2 {
        interrupter.ignore_current().await;
        let (answer, ()) = join(init(), interrupter.interrupt()).await;
        answer.assert_problem(503, "database-unavailable");
        assert_eq!(books.number(made).await, 1, "the primary has it");
    }

    standby.start().await;
    until_synchronous(&primary).await;
    eventually("all is acknowledged", async || {
        let again = shop.reserve(SKU, "one").await;
        let repeated = init().await.assert_status_in(&[200, 503]);
        again.assert_status_in(&[200, 503]) == 200 && repeated == 200
    })
    .await;
    primary.kill().await;
    let data = standby.data();
    site.run("pg_ctl", &["-D", &data, "-w", "promote"]).await;
    let books = standby.books().await;
    assert_eq!(books.number(reserved).await, 1);
    assert_eq!(books.number(made).await, 1);
    assert_audited(&standby.url("postgres"), &books).await;
}

#[tokio::test]
async fn a_commit_is_not_acknowledged_when_its_backend_is_terminated_before_the_standby_has_it() {
    a_commit_that_only_the_primary_has_is_not_acknowledged("pg_terminate_backend").await;
}

#[tokio::test]
async fn a_commit_is_not_acknowledged_when_its_wait_for_the_standby_is_cancelled() {
    a_commit_that_only_the_primary_has_is_not_acknowledged("pg_cancel_backend").await;
}

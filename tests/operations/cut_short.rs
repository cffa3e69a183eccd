//! A commit that only the primary has, since its wait for the synchronous standby was cut short.

use std::cell::RefCell;

use fairhold_test_kit::{Fairhold, PostgresHost, Shop, Tables, eventually};
use futures_util::future::join;
use serde_json::json;

use crate::sale::{SKU, assert_proved};
use crate::standby::{standby_of, until_synchronous};

/// Backends that wait, each with the beginning of what it waits for.
const WAITING: &str = "select format('%s, %L', pid, query_start) from pg_stat_activity
    where wait_event = 'SyncRep'";

/// Cuts waits short: ends backends, or cancels what they do, which goes on then, and says that all is
/// committed, with a warning.
struct Shears<'a> {
    books: &'a Tables,
    function: &'a str,
    /// Those that are cut already, or that nobody listens to any more.
    known: RefCell<Vec<String>>,
}

impl Shears<'_> {
    async fn waiting(&self) -> Vec<String> {
        let mut waiting = self.books.texts(WAITING).await;
        waiting.retain(|one| !self.known.borrow().contains(one));
        waiting
    }

    /// Cuts the next wait short, once there is one.
    async fn cut(&self) {
        eventually("a commit waits", async || !self.waiting().await.is_empty()).await;
        for waiting in self.waiting().await {
            let (pid, _) = waiting.split_once(',').unwrap();
            let cut = format!("select {}({pid})::text", self.function);
            self.books.texts(&cut).await;
            self.known.borrow_mut().push(waiting);
        }
    }

    /// Leaves all that wait by now alone.
    async fn forget(&self) {
        let waiting = self.waiting().await;
        self.known.borrow_mut().extend(waiting);
    }
}

/// Commits are done on the primary and their waits are over, so that they are seen there: they must
/// not be acknowledged for that, since the standby does not have them. By a lane, and when a SKU is
/// set up, which is not done by a lane.
async fn what_only_the_primary_has_is_not_acknowledged(function: &str) {
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
    let shears = Shears {
        books,
        function,
        known: RefCell::default(),
    };
    let (answer, ()) = join(shop.reserve(SKU, "one"), async {
        shears.cut().await;
        // The look-up waits as well.
        shears.cut().await;
    })
    .await;
    answer.assert_problem(503, "database-unavailable");
    let reserved = "select count(*) from reservations where user_id = 'one'";
    assert_eq!(books.number(reserved).await, 1, "the primary has it");

    let init = || shop.post("/inventory/init", json!({"sku": "NEW", "quantity": 5}));
    let made = "select count(*) from skus where sku = 'NEW'";
    for _ in 0..2 {
        shears.forget().await;
        let (answer, ()) = join(init(), shears.cut()).await;
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
    assert_proved(&standby.url("postgres"), &books).await;
}

#[tokio::test]
async fn what_only_the_primary_has_is_not_acknowledged_when_its_backend_was_ended() {
    what_only_the_primary_has_is_not_acknowledged("pg_terminate_backend").await;
}

#[tokio::test]
async fn what_only_the_primary_has_is_not_acknowledged_when_its_wait_was_cancelled() {
    what_only_the_primary_has_is_not_acknowledged("pg_cancel_backend").await;
}

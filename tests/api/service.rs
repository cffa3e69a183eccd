//! The whole service in this process, on a database of its own, spoken to over HTTP.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::Parser;
use fairhold::config::Settings;
use fairhold::server::Server;
use fairhold_test_kit::{
    Answer, TestDatabase, document::assert_told, eventually, server::client_builder,
};
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::{Value, json};
use sqlx::{PgPool, Postgres, Transaction};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::age::age;

const TIMEOUT: Duration = Duration::from_secs(20);

/// What tests run with, whatever the environment says; a flag that comes later counts.
const FLAGS: [&str; 8] = [
    "fairhold",
    "--lanes=2",
    "--database-connections=6",
    "--sweep-interval-ms=100",
    "--request-timeout-ms=5000",
    "--hold-ttl-seconds=300",
    "--queue-limit=8192",
    "--batch-limit=512",
];

#[derive(Debug, Parser)]
#[command(args_override_self = true)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
}

/// A running service. A test ends with [`Service::finish`], which audits the books.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    /// The test's own way to the tables.
    pub(crate) books: PgPool,
    pub(crate) database: Arc<TestDatabase>,
    stop: CancellationToken,
    serving: Option<JoinHandle<()>>,
}

impl Service {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts with these flags too.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        let database = Arc::new(TestDatabase::create().await);
        Self::on(database, flags).await
    }

    /// Another process on the same database, as far as the database can tell.
    pub(crate) async fn another(&self) -> Self {
        self.another_with(&[]).await
    }

    /// The same with these flags too.
    pub(crate) async fn another_with(&self, flags: &[&str]) -> Self {
        Self::on(Arc::clone(&self.database), flags).await
    }

    async fn on(database: Arc<TestDatabase>, flags: &[&str]) -> Self {
        let settings = Cli::parse_from(FLAGS.iter().chain(flags)).settings;
        settings.check().unwrap();
        let server = Server::start(&settings, &database.options(), None)
            .await
            .unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let serving = server.serve(listener, stop.clone());
        #[expect(
            clippy::disallowed_methods,
            reason = "`finish` waits for it, and nothing else runs in this process"
        )]
        let serving = tokio::spawn(serving);
        Self {
            address,
            client: client(),
            books: database.pool().await,
            database,
            stop,
            serving: Some(serving),
        }
    }

    /// Tells the service to end, as SIGTERM does.
    pub(crate) fn tell_to_end(&self) {
        self.stop.cancel();
    }

    /// Stops the service and proves the books.
    pub(crate) async fn finish(mut self) {
        self.tell_to_end();
        if let Some(serving) = self.serving.take() {
            serving.await.unwrap();
        }
        let broken = sqlx::query!(
            r#"
            select rule as "rule!", place as "place!", expected as "expected!", found as "found!"
            from audit_discrepancies
            "#
        )
        .fetch_all(&self.books)
        .await
        .unwrap();
        assert!(broken.is_empty(), "{broken:#?}");
    }
}

/// A client that goes where it is sent and no further.
pub(crate) fn client() -> Client {
    client_builder()
        .redirect(redirect::Policy::none())
        .timeout(TIMEOUT)
        .build()
        .unwrap()
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop.cancel();
        let finished = self.serving.is_none() || thread::panicking();
        assert!(finished, "a test must end with `finish`");
    }
}

/// Requests.
impl Service {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.address))
    }

    /// Sends, and holds the answer against the OpenAPI document.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let answer = Answer::of(self.client.execute(request).await.unwrap()).await;
        assert_told(&method, &path, &answer);
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn post_keyed(&self, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).json(body);
        self.send(request.header("Idempotency-Key", key)).await
    }
}

/// The verbs of the domain.
impl Service {
    /// Sets up a SKU with the default hold time and no limit to its waitlist.
    pub(crate) async fn stock(&self, sku: &str, quantity: i64) {
        let body = json!({"sku": sku, "quantity": quantity});
        self.post("/inventory/init", &body).await.is(201);
    }

    pub(crate) async fn restock(&self, sku: &str, quantity: i64) -> Answer {
        let body = json!({"sku": sku, "quantity": quantity});
        self.post("/inventory/restock", &body).await
    }

    pub(crate) async fn reserve(&self, sku: &str, user: &str, quantity: i64) -> Answer {
        let body = json!({"sku": sku, "user_id": user, "quantity": quantity});
        self.post("/inventory/reserve", &body).await
    }

    /// Reserves what must be free, and returns the id.
    pub(crate) async fn hold(&self, sku: &str, user: &str, quantity: i64) -> String {
        let held = self.reserve(sku, user, quantity).await.is(201);
        assert_eq!(held["status"], "RESERVED", "{held}");
        id(&held)
    }

    /// Reserves what must be waited for, and returns the id.
    pub(crate) async fn wait(&self, sku: &str, user: &str, quantity: i64) -> String {
        let waiting = self.reserve(sku, user, quantity).await.is(202);
        assert_eq!(waiting["status"], "WAITLISTED", "{waiting}");
        id(&waiting)
    }

    pub(crate) async fn confirm(&self, id: &str) -> Answer {
        let body = json!({"reservation_id": id});
        self.post("/checkout/confirm", &body).await
    }

    pub(crate) async fn cancel(&self, id: &str) -> Answer {
        let body = json!({"reservation_id": id});
        self.post("/checkout/cancel", &body).await
    }
}

/// Looking.
impl Service {
    pub(crate) async fn reservation(&self, id: &str) -> Value {
        self.get(&format!("/reservations/{id}")).await.is(200)
    }

    pub(crate) async fn status(&self, id: &str) -> String {
        let reservation = self.reservation(id).await;
        reservation["status"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn inventory(&self, sku: &str) -> Value {
        self.get(&format!("/inventory/{sku}")).await.is(200)
    }

    /// Units available, held, sold and in all, then how many wait.
    pub(crate) async fn counts(&self, sku: &str) -> [i64; 5] {
        let inventory = self.inventory(sku).await;
        [
            "available_quantity",
            "reserved_quantity",
            "sold_quantity",
            "total_quantity",
            "waitlist_size",
        ]
        .map(|name| inventory[name].as_i64().unwrap())
    }

    /// What happened to the SKU, in order.
    pub(crate) async fn kinds(&self, sku: &str) -> Vec<String> {
        let path = format!("/inventory/{sku}/ledger?limit=200");
        strings(&self.get(&path).await.is(200)["items"], "kind")
    }
}

/// Time and locks.
impl Service {
    /// Lets `seconds` pass for one SKU: moves all of its times back.
    pub(crate) async fn pass(&self, sku: &str, seconds: f64) {
        let mut transaction = self.lock(sku).await;
        age(&mut transaction, sku, seconds).await;
        transaction.commit().await.unwrap();
    }

    /// Locks the row of a SKU as a command would, so that every command on it waits.
    pub(crate) async fn lock(&self, sku: &str) -> Transaction<'static, Postgres> {
        let mut transaction = self.books.begin().await.unwrap();
        sqlx::query!("select sku from skus where sku = $1 for update", sku)
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
        transaction
    }

    /// Returns once a command waits for a lock.
    pub(crate) async fn until_blocked(&self) {
        eventually("a command waits for the lock", async || {
            (self.blocked().await > 0).then_some(())
        })
        .await;
    }

    /// Returns once whoever waited for a lock has it, or has given up.
    pub(crate) async fn until_nobody_is_blocked(&self) {
        eventually("nobody waits for the lock", async || {
            (self.blocked().await == 0).then_some(())
        })
        .await;
    }

    async fn blocked(&self) -> i64 {
        sqlx::query_scalar!(
            r#"
            select count(*) as "count!"
            from pg_stat_activity
            where datname = current_database()
                and wait_event_type = 'Lock'
            "#
        )
        .fetch_one(&self.books)
        .await
        .unwrap()
    }

    /// Returns once the reservation reads so.
    pub(crate) async fn until_status(&self, id: &str, status: &str) -> Value {
        eventually(&format!("{id} is {status}"), async || {
            let reservation = self.reservation(id).await;
            (reservation["status"] == status).then_some(reservation)
        })
        .await
    }
}

/// The id of a reservation.
pub(crate) fn id(reservation: &Value) -> String {
    reservation["reservation_id"].as_str().unwrap().to_owned()
}

/// One member of each item of a list.
pub(crate) fn strings(items: &Value, member: &str) -> Vec<String> {
    let items = items.as_array().unwrap().iter();
    items
        .map(|item| item[member].as_str().unwrap().to_owned())
        .collect()
}

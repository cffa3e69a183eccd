//! A database with one or more Fairholds on it, and the audit at the end.

use std::future::Future;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::books::Books;
use crate::process::{self, Fairhold};
use crate::proxy::Proxy;
use crate::shop::Shop;
use crate::support::TestDatabase;

const PATIENCE: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(5);

/// What a test plays in. The processes end before the database goes.
pub(crate) struct World {
    pub(crate) servers: Vec<Fairhold>,
    pub(crate) books: Books,
    pub(crate) database: TestDatabase,
}

impl World {
    /// So many processes on one new database, started with `arguments`.
    pub(crate) async fn open(processes: usize, arguments: &[&str]) -> Self {
        let database = TestDatabase::create().await;
        let books = Books(database.pool().await);
        let mut servers = Vec::new();
        for _ in 0..processes {
            servers.push(Self::serve(&database.url(), arguments).await);
        }
        Self {
            servers,
            books,
            database,
        }
    }

    /// One process that reaches its database through a proxy.
    pub(crate) async fn open_behind_proxy(arguments: &[&str]) -> (Self, Proxy) {
        let mut world = Self::open(0, &[]).await;
        let options = world.database.options();
        let name = format!(".s.PGSQL.{}", options.get_port());
        let socket: PathBuf = options.get_socket().unwrap().join(name);
        let proxy = Proxy::start(socket).await;
        let url = format!(
            "postgres://{}@127.0.0.1:{}/{}?sslmode=disable",
            options.get_username(),
            proxy.port(),
            options.get_database().unwrap(),
        );
        world.servers.push(Self::serve(&url, arguments).await);
        (world, proxy)
    }

    /// One more process on the same database.
    pub(crate) async fn join(&mut self, arguments: &[&str]) {
        let server = Self::serve(&self.database.url(), arguments).await;
        self.servers.push(server);
    }

    /// Few connections, so that many tests share one PostgreSQL.
    async fn serve(url: &str, arguments: &[&str]) -> Fairhold {
        let few = ["--database-connections", "8"];
        Fairhold::start(url, &[&few, arguments].concat()).await
    }

    /// A client of the only or the first process.
    pub(crate) fn shop(&self) -> Shop {
        Shop::at(self.servers[0].address())
    }

    /// A client of each process.
    pub(crate) fn shops(&self) -> Vec<Shop> {
        let addresses = self.servers.iter().map(Fairhold::address);
        addresses.map(Shop::at).collect()
    }

    /// That every rule holds, by the view and by the command.
    pub(crate) async fn audit(&self) {
        let broken =
            "select format('%s, %s, %s: expected %s, found %s', rule, sku, place, expected, found)
                      from audit_discrepancies";
        assert_eq!(self.books.texts(broken).await, Vec::<String>::new());
        let report = process::audit(&self.database.url()).await;
        assert!(report.status.success(), "{report:?}");
    }
}

/// Asks again until it is so.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    let deadline = Instant::now() + PATIENCE;
    while !so().await {
        assert!(Instant::now() < deadline, "never came: {what}");
        tokio::time::sleep(POLL).await;
    }
}

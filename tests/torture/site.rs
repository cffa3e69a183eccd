//! Three Fairholds on one database: one owns it, the others reach it over networks that can be cut.

use std::sync::{Arc, Mutex, PoisonError};

use fairhold_test_kit::{
    DataDir, Fairhold, Proxy,
    command::{self, Ended},
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool};

/// The one that owns the database.
pub(crate) const OWNER: usize = 0;
pub(crate) const SERVERS: usize = 3;

/// Holds last 5 s for newcomers and 1 s for everybody else, so that many run out while it rains.
const SETTINGS: [&str; 14] = [
    "--hold-ttl-seconds",
    "5",
    "--fairness-full-threshold",
    "1",
    "--fairness-reduced-threshold",
    "1",
    "--fairness-minimal-share",
    "0.2",
    "--request-timeout-ms",
    "2000",
    "--database-connections",
    "8",
    "--batch-limit",
    "16",
];

/// Where the servers are, as their clients know it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Street(Arc<Mutex<[String; SERVERS]>>);

impl Street {
    pub(crate) fn address(&self, server: usize) -> String {
        let addresses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        addresses[server].clone()
    }

    fn moved(&self, server: usize, address: &str) {
        let mut addresses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        address.clone_into(&mut addresses[server]);
    }
}

pub(crate) struct Site {
    servers: Vec<Fairhold>,
    proxies: [Proxy; SERVERS - 1],
    pub(crate) street: Street,
    pub(crate) folder: DataDir,
    books: PgPool,
}

impl Site {
    pub(crate) async fn open() -> Self {
        let folder = DataDir::new("torture").await;
        let owner = Fairhold::start_in(&folder.path, &SETTINGS).await;
        let options: PgConnectOptions = folder.url().parse().unwrap();
        let socket = format!(".s.PGSQL.{}", options.get_port());
        let socket = options.get_socket().unwrap().join(socket);
        let proxies = [
            Proxy::start(socket.clone()).await,
            Proxy::start_resetting(socket).await,
        ];
        let books = PgPoolOptions::new()
            .max_connections(2)
            .connect_lazy_with(options);
        let mut site = Self {
            servers: vec![owner],
            proxies,
            street: Street::default(),
            folder,
            books,
        };
        for server in 1..SERVERS {
            site.servers.push(site.start(server).await);
        }
        for (server, fairhold) in site.servers.iter().enumerate() {
            site.street.moved(server, fairhold.address());
        }
        site
    }

    async fn start(&self, server: usize) -> Fairhold {
        if server == OWNER {
            return Fairhold::start_in(&self.folder.path, &SETTINGS).await;
        }
        let options: PgConnectOptions = self.folder.url().parse().unwrap();
        let url = format!(
            "postgres://{}@127.0.0.1:{}/{}?sslmode=disable",
            options.get_username(),
            self.proxy(server).port(),
            options.get_database().unwrap(),
        );
        Fairhold::start(&url, &SETTINGS).await
    }

    /// The network between a server and its database.
    pub(crate) fn proxy(&self, server: usize) -> &Proxy {
        &self.proxies[server - 1]
    }

    /// SIGKILL.
    pub(crate) async fn kill(&mut self, server: usize) {
        self.servers[server].kill().await;
    }

    /// SIGTERM, and the end of what was in flight.
    pub(crate) async fn drain(&mut self, server: usize) {
        self.servers[server].terminate();
        self.servers[server].ended().await;
    }

    /// What a supervisor of processes does.
    pub(crate) async fn start_again(&mut self, server: usize) {
        self.servers[server] = self.start(server).await;
        let address = self.servers[server].address();
        self.street.moved(server, address);
    }

    pub(crate) fn tables(&self) -> &PgPool {
        &self.books
    }

    /// What the books say, asked until they can be read.
    #[expect(clippy::disallowed_methods, reason = "questions of this test only")]
    pub(crate) async fn texts(&self, question: &str) -> sqlx::Result<Vec<String>> {
        let question = AssertSqlSafe(question.to_owned());
        sqlx::query_scalar(question).fetch_all(&self.books).await
    }

    /// Audits by the command, then ends all that was started.
    pub(crate) async fn close(mut self) -> Ended {
        self.books.close().await;
        let report = command::audit(&self.folder.url()).await;
        for server in (0..SERVERS).rev() {
            self.drain(server).await;
        }
        report
    }
}

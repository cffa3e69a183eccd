//! A database with several Fairhold processes on it.

use std::path::PathBuf;

use tokio::net::TcpStream;

use crate::command::assert_sound;
use crate::database::TestDatabase;
use crate::process::Fairhold;
use crate::proxy::Proxy;
use crate::shop::Shop;
use crate::tables::Tables;

/// A database and its processes, which end before it is dropped.
pub struct World {
    pub servers: Vec<Fairhold>,
    pub books: Tables,
    pub database: TestDatabase,
}

impl World {
    /// Starts so many processes on a new database.
    pub async fn open(processes: usize, arguments: &[&str]) -> Self {
        let database = TestDatabase::create().await;
        let books = Tables(database.pool().await);
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

    /// Starts one process that reaches its database through a proxy.
    pub async fn open_behind_proxy(arguments: &[&str]) -> (Self, Proxy) {
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

    /// Starts one more process on the same database.
    pub async fn join(&mut self, arguments: &[&str]) {
        let server = Self::serve(&self.database.url(), arguments).await;
        self.servers.push(server);
    }

    /// With few connections, since many tests share one PostgreSQL.
    async fn serve(url: &str, arguments: &[&str]) -> Fairhold {
        let few = ["--database-connections", "8"];
        Fairhold::start(url, &[&few, arguments].concat()).await
    }

    /// A client of the first process.
    pub fn shop(&self) -> Shop {
        Shop::at(self.servers[0].address())
    }

    /// A TCP connection to the first process.
    pub async fn connect(&self) -> TcpStream {
        let address = self.servers[0].address().strip_prefix("http://").unwrap();
        TcpStream::connect(address).await.unwrap()
    }

    /// A client of each process.
    pub fn shops(&self) -> Vec<Shop> {
        let addresses = self.servers.iter().map(Fairhold::address);
        addresses.map(Shop::at).collect()
    }

    /// Asserts that every audit rule holds, by the view and by `fairhold audit`.
    pub async fn audit(&self) {
        let broken =
            "select format('%s, %s, %s: expected %s, found %s', rule, sku, place, expected, found)
                      from audit_discrepancies";
        assert_eq!(self.books.texts(broken).await, Vec::<String>::new());
        assert_sound(&self.database.url()).await;
    }
}

//! A network between Fairhold and its database that a test can cut, freeze and take down.

use std::future::pending;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, UnixStream, unix};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// The protocol message that asks for nothing but a reply.
const SYNC: &[u8] = b"S\0\0\0\x04";

/// The start of the simple query that begins a transaction of a lane.
const BEGIN: &[u8] = b"begin isolation level read committed";

/// The simple query that ends a transaction.
const COMMIT: &[u8] = b"COMMIT\0";

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes.
    Fair,
    /// Nothing passes, nothing is lost.
    Frozen,
    /// A connection that sends more than a sync message falls silent for good.
    Deaf,
    /// All connections are cut, new ones too.
    Down,
    /// The connection that begins the next transaction is cut before the database sees it.
    AtBegin,
    /// The next COMMIT meets this fate.
    AtCommit(Fate),
}

/// What becomes of a COMMIT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It never reaches the database: the connection is cut.
    Lost,
    /// It is carried out, but its reply is lost: the connection is cut.
    Unanswered,
    /// The same, and the whole network goes down.
    UnansweredAndDown,
    /// It is carried out, but everything freezes before its reply comes.
    UnansweredAndFrozen,
}

/// A TCP port in front of a database's Unix socket. Closed when dropped.
pub struct Proxy {
    port: u16,
    network: Network,
    _tasks: JoinSet<()>,
}

/// What all connections share.
#[derive(Clone)]
struct Network {
    weather: watch::Sender<Weather>,
    held_back: Arc<Notify>,
    /// Connections of an earlier epoch forward nothing.
    epoch: Arc<AtomicU32>,
    /// Whether connections are cut by a TCP reset.
    resets: bool,
}

impl Proxy {
    /// Starts forwarding to `socket`.
    pub async fn start(socket: PathBuf) -> Self {
        Self::start_as(socket, false).await
    }

    /// Cuts connections by a TCP reset.
    pub async fn start_resetting(socket: PathBuf) -> Self {
        Self::start_as(socket, true).await
    }

    async fn start_as(socket: PathBuf, resets: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("the port").port();
        let network = Network {
            weather: watch::Sender::new(Weather::Fair),
            held_back: Arc::default(),
            epoch: Arc::default(),
            resets,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(forward(listener, socket, network.clone()));
        Self {
            port,
            network,
            _tasks: tasks,
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn set(&self, weather: Weather) {
        self.network.weather.send_replace(weather);
    }

    /// Forwards nothing more on existing connections, as when a router forgets them: neither end is
    /// notified. New ones are fine.
    pub fn silence(&self) {
        self.network.epoch.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns once a request is held back.
    pub async fn held_back(&self) {
        self.network.held_back.notified().await;
    }

    /// Returns once the awaited BEGIN or COMMIT has come by and met its fate.
    pub async fn struck(&self) {
        let mut weather = self.network.weather.subscribe();
        let struck =
            weather.wait_for(|now| !matches!(now, Weather::AtBegin | Weather::AtCommit(_)));
        struck.await.expect("the proxy lives");
    }
}

async fn forward(listener: TcpListener, socket: PathBuf, network: Network) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (network, socket) = (network.clone(), socket.clone());
        connections.spawn(async move {
            // While the database is down, the client sees its connection closed.
            let Ok(server) = UnixStream::connect(socket).await else {
                return;
            };
            if network.resets {
                client.set_zero_linger().expect("a socket that lives");
            }
            let (client, server) = (client.into_split(), server.into_split());
            let line = Line {
                epoch: network.epoch.load(Ordering::SeqCst),
                network,
                fate: Mutex::new(None),
            };
            tokio::select! {
                () = line.down() => {}
                () = line.requests(client.0, server.1) => {}
                () = line.answers(server.0, client.1) => {}
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

/// One connection.
struct Line {
    network: Network,
    epoch: u32,
    /// Of the COMMIT that is on its way.
    fate: Mutex<Option<Fate>>,
}

impl Line {
    async fn down(&self) {
        self.until(|now| now == Weather::Down).await;
    }

    /// Returns at once unless the network is frozen; never on a connection that is silent.
    async fn thawed(&self) {
        self.until(|now| now != Weather::Frozen).await;
        if self.epoch < self.network.epoch.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
    }

    async fn until(&self, so: impl Fn(Weather) -> bool) {
        let mut weather = self.network.weather.subscribe();
        let found = weather.wait_for(|now| so(*now)).await;
        found.expect("this holds a sender");
    }

    /// Forwards requests until the connection is to be cut.
    async fn requests(&self, mut from: OwnedReadHalf, mut to: unix::OwnedWriteHalf) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if *self.network.weather.borrow() == Weather::Frozen {
                self.network.held_back.notify_one();
            }
            self.thawed().await;
            let request = &buffer[..length];
            if *self.network.weather.borrow() == Weather::Deaf && request != SYNC {
                self.network.held_back.notify_one();
                pending::<()>().await;
            }
            let begins = request.windows(BEGIN.len()).any(|part| part == BEGIN);
            if begins && *self.network.weather.borrow() == Weather::AtBegin {
                self.network.weather.send_replace(Weather::Fair);
                return;
            }
            let commits = request.windows(COMMIT.len()).any(|part| part == COMMIT);
            if commits && self.meets_its_fate() == Some(Fate::Lost) {
                self.network.weather.send_replace(Weather::Fair);
                return;
            }
            if to.write_all(request).await.is_err() {
                return;
            }
        }
    }

    /// Only one connection's COMMIT takes the fate that was set.
    fn meets_its_fate(&self) -> Option<Fate> {
        let mut fate = self.fate.lock().expect("nobody panics");
        if let Weather::AtCommit(set) = *self.network.weather.borrow() {
            *fate = Some(set);
        }
        *fate
    }

    /// Forwards answers until the connection is to be cut.
    async fn answers(&self, mut from: unix::OwnedReadHalf, mut to: OwnedWriteHalf) {
        let mut buffer = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            let fate = self.fate.lock().expect("nobody panics").take();
            match fate {
                None | Some(Fate::Lost) => {}
                Some(Fate::Unanswered) => {
                    self.network.weather.send_replace(Weather::Fair);
                    return;
                }
                Some(Fate::UnansweredAndDown) => {
                    self.network.weather.send_replace(Weather::Down);
                    return;
                }
                Some(Fate::UnansweredAndFrozen) => {
                    self.network.weather.send_replace(Weather::Frozen);
                }
            }
            self.thawed().await;
            if to.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    }
}

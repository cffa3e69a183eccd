//! A network proxy in front of the database that can be slow, reset connections, and cut at a word.

use std::path::PathBuf;
use std::time::Duration;

use fairhold_test_kit::{Fairhold, World};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// How many pieces a slow wire passes per second.
const PIECES_PER_SECOND: u32 = 10;

/// The state of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Everything passes.
    Sound,
    /// This many bytes per second pass in each direction.
    Slow(usize),
    /// All connections are reset (RST), including new ones.
    Resetting,
    /// The next message with this word is lost together with its connection.
    CutAt(&'static str),
}

/// Controls the wire, which ends when this is dropped.
pub(crate) struct Hand {
    state: watch::Sender<Wire>,
    resets: watch::Sender<u32>,
    _tasks: JoinSet<()>,
}

impl Hand {
    /// A world with one Fairhold that reaches its database through the wire.
    pub(crate) async fn on_new_wire(arguments: &[&str]) -> (World, Self) {
        let mut world = World::open(0, &[]).await;
        let options = world.database.options();
        let name = format!(".s.PGSQL.{}", options.get_port());
        let socket = options.get_socket().unwrap().join(name);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "postgres://{}@{}/{}?sslmode=disable",
            options.get_username(),
            listener.local_addr().unwrap(),
            options.get_database().unwrap(),
        );
        let state = watch::Sender::new(Wire::Sound);
        let resets = watch::Sender::new(0);
        let mut tasks = JoinSet::new();
        tasks.spawn(forward(listener, socket, state.clone(), resets.clone()));
        let few = ["--database-connections=8"];
        let server = Fairhold::start(&url, &[&few, arguments].concat()).await;
        world.servers.push(server);
        let hand = Self {
            state,
            resets,
            _tasks: tasks,
        };
        (world, hand)
    }

    pub(crate) fn set(&self, wire: Wire) {
        self.state.send_replace(wire);
    }

    /// Resets the existing connections; new ones work.
    pub(crate) fn reset(&self) {
        self.resets.send_modify(|count| *count += 1);
    }

    /// Waits until the word has been seen and the connection cut.
    pub(crate) async fn was_cut(&self) {
        let mut state = self.state.subscribe();
        let cut = state.wait_for(|now| !matches!(now, Wire::CutAt(_)));
        cut.await.unwrap();
    }
}

async fn forward(
    listener: TcpListener,
    socket: PathBuf,
    state: watch::Sender<Wire>,
    resets: watch::Sender<u32>,
) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let server = UnixStream::connect(&socket).await.unwrap();
        connections.spawn(connection(
            client,
            server,
            state.clone(),
            resets.subscribe(),
        ));
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(
    mut client: TcpStream,
    mut server: UnixStream,
    state: watch::Sender<Wire>,
    mut resets: watch::Receiver<u32>,
) {
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let reset = async {
        let mut now = state.subscribe();
        tokio::select! {
            resetting = now.wait_for(|now| *now == Wire::Resetting) => drop(resetting.unwrap()),
            reset = resets.changed() => reset.unwrap(),
        }
    };
    let reset = tokio::select! {
        () = reset => true,
        () = pass(from_client, to_server, &state) => false,
        () = pass(from_server, to_client, &state) => false,
    };
    if reset {
        client.set_zero_linger().unwrap();
    }
}

/// Forwards bytes until the connection ends or is cut.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    state: &watch::Sender<Wire>,
) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let mut left = &buffer[..length];
        while !left.is_empty() {
            let now = *state.borrow();
            let piece = match now {
                Wire::Slow(bytes) => left.len().min(bytes.div_ceil(PIECES_PER_SECOND as usize)),
                Wire::CutAt(word) if has_word(left, word) => {
                    state.send_replace(Wire::Sound);
                    return;
                }
                Wire::Sound | Wire::Resetting | Wire::CutAt(_) => left.len(),
            };
            if to.write_all(&left[..piece]).await.is_err() {
                return;
            }
            left = &left[piece..];
            if matches!(now, Wire::Slow(_)) {
                sleep(Duration::from_secs(1) / PIECES_PER_SECOND).await;
            }
        }
    }
}

/// Uses a search of the standard library, which is optimized in debug builds too.
fn has_word(bytes: &[u8], word: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(word)
}

//! An identity provider that publishes its keys over HTTP, as well or as badly as a test likes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

/// How it answers.
#[derive(Debug, Clone)]
pub(crate) enum Mood {
    Says(String),
    Fails,
    Silent,
}

impl Mood {
    pub(crate) fn keys(keys: &[Value]) -> Self {
        Self::Says(json!({"keys": keys}).to_string())
    }
}

#[derive(Clone)]
struct Desk {
    mood: Arc<Mutex<Mood>>,
    asked: Arc<AtomicUsize>,
}

/// A provider that is away: nobody listens at its address, and nobody else can.
pub(crate) struct Away {
    pub(crate) url: String,
    socket: TcpSocket,
}

impl Away {
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let url = format!("http://{}/keys", socket.local_addr().unwrap());
        Self { url, socket }
    }

    /// It begins to listen.
    pub(crate) fn comes(self, mood: Mood) -> Published {
        Published::on(self.socket.listen(64).unwrap(), self.url, mood)
    }
}

/// Ends when dropped.
pub(crate) struct Published {
    pub(crate) url: String,
    desk: Desk,
    serving: JoinHandle<()>,
}

impl Published {
    pub(crate) fn with(keys: &[Value]) -> Self {
        Self::in_mood(Mood::keys(keys))
    }

    pub(crate) fn in_mood(mood: Mood) -> Self {
        Away::new().comes(mood)
    }

    fn on(listener: TcpListener, url: String, mood: Mood) -> Self {
        let desk = Desk {
            mood: Arc::new(Mutex::new(mood)),
            asked: Arc::default(),
        };
        let router = Router::new()
            .route("/keys", get(answer))
            .with_state(desk.clone());
        #[expect(clippy::disallowed_methods, reason = "it ends when this is dropped")]
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, desk, serving }
    }

    pub(crate) fn change(&self, mood: Mood) {
        *self.desk.mood.lock().unwrap() = mood;
    }

    pub(crate) fn asked(&self) -> usize {
        self.desk.asked.load(Ordering::Relaxed)
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(desk): State<Desk>) -> (StatusCode, String) {
    desk.asked.fetch_add(1, Ordering::Relaxed);
    let mood = desk.mood.lock().unwrap().clone();
    match mood {
        Mood::Says(text) => (StatusCode::OK, text),
        Mood::Fails => (StatusCode::INTERNAL_SERVER_ERROR, "{}".to_owned()),
        Mood::Silent => std::future::pending().await,
    }
}

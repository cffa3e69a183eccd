//! A server that speaks OpenAI's protocol, well or badly, and keeps what it was sent.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use fairhold_test_kit::eventually;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How the server answers.
#[derive(Debug, Clone)]
pub(crate) enum Manner {
    /// With this text of a model.
    Says(String),
    /// The same, once it is let go.
    Thinks(String),
    /// With this status and an otherwise good answer.
    Status(u16),
    /// With this body.
    Body(String),
    /// By sending the client to this address.
    Redirects(String),
    /// With a body that does not end.
    Endless,
    /// Not at all.
    Silent,
    /// With a status and then a byte now and then.
    Drips,
}

/// What it was sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// A running server, which ends when this does.
pub(crate) struct ModelServer {
    pub(crate) site: String,
    shared: Arc<Shared>,
    _serving: JoinSet<()>,
}

struct Shared {
    manner: Mutex<Manner>,
    calls: Mutex<Vec<Call>>,
    let_go: Semaphore,
}

impl ModelServer {
    pub(crate) async fn start(manner: Manner) -> Self {
        let shared = Arc::new(Shared {
            manner: Mutex::new(manner),
            calls: Mutex::new(Vec::new()),
            let_go: Semaphore::new(0),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let site = format!("http://{}", listener.local_addr().unwrap());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            site,
            shared,
            _serving: serving,
        }
    }

    pub(crate) async fn saying(text: &str) -> Self {
        Self::start(Manner::Says(text.to_owned())).await
    }

    pub(crate) fn behave(&self, manner: Manner) {
        *self.shared.manner.lock().unwrap() = manner;
    }

    pub(crate) fn say(&self, text: &str) {
        self.behave(Manner::Says(text.to_owned()));
    }

    /// Lets those go who think.
    pub(crate) fn let_go(&self) {
        self.shared.let_go.add_permits(1000);
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// Returns once it was called so often.
    pub(crate) async fn until_called(&self, times: usize) {
        eventually("the model's server is called", async || {
            (self.calls().len() >= times).then_some(())
        })
        .await;
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    shared.calls.lock().unwrap().push(Call {
        path: uri.path().to_owned(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    });
    let manner = shared.manner.lock().unwrap().clone();
    match manner {
        Manner::Says(text) => completion(&text).into_response(),
        Manner::Thinks(text) => {
            shared.let_go.acquire().await.unwrap().forget();
            completion(&text).into_response()
        }
        Manner::Status(status) => {
            let status = axum::http::StatusCode::from_u16(status).unwrap();
            (status, completion("A refusal.")).into_response()
        }
        Manner::Body(body) => body.into_response(),
        Manner::Redirects(to) => {
            let status = axum::http::StatusCode::TEMPORARY_REDIRECT;
            (status, [("location", to)]).into_response()
        }
        Manner::Endless => flowing(async || Bytes::from_static(&[b' '; 4096])),
        Manner::Silent => std::future::pending().await,
        Manner::Drips => flowing(async || {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            Bytes::from_static(b" ")
        }),
    }
}

/// A body of these pieces, without end.
fn flowing<P>(piece: impl Fn() -> P + Send + 'static) -> Response
where
    P: Future<Output = Bytes> + Send + 'static,
{
    let pieces = futures_util::stream::unfold(piece, |piece| {
        let next = piece();
        async move { Some((Ok::<_, std::io::Error>(next.await), piece)) }
    });
    Body::from_stream(pieces).into_response()
}

/// What a server answers whose model wrote `text`.
pub(crate) fn completion(text: &str) -> String {
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "other-name",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"},
            {"index": 1, "message": {"role": "assistant", "content": "The second choice."}},
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    })
    .to_string()
}

//! A Fairhold in a process of its own, whose log is kept, and requests to it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::answer::Answer;
use crate::document::assert_told;

const PATIENCE: Duration = Duration::from_secs(30);

/// The program, with nothing in its environment but the way to other programs.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fairhold"));
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// A client that goes where it is sent and no further.
pub(crate) fn client() -> Client {
    // The features of another crate leave the choice to us; who comes second finds it made.
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().ok();
    let client = Client::builder().no_proxy().timeout(PATIENCE);
    client.build().unwrap()
}

/// Whether nobody should wait for the end of it.
fn is_endless(response: &Response) -> bool {
    let kind = response.headers().get("content-type");
    kind.is_some_and(|kind| kind == "text/event-stream")
}

/// A server. Killed when dropped.
pub(crate) struct Server {
    pub(crate) port: u16,
    client: Client,
    log: PathBuf,
    child: Child,
    /// Kept open: a program whose output nobody takes would fail.
    _stdout: BufReader<ChildStdout>,
}

impl Server {
    /// Starts `command`, whose log goes to the file, and returns once it serves.
    pub(crate) async fn start(mut command: Command, log: PathBuf) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let read = timeout(PATIENCE, stdout.read_line(&mut line)).await;
        read.expect("it serves in time").unwrap();
        let port = line.trim().rsplit(':').next().unwrap();
        let told = fs::read_to_string(&log).unwrap();
        Self {
            port: port
                .parse()
                .unwrap_or_else(|_| panic!("{line:?}, and logged: {told}")),
            client: client(),
            log,
            child,
            _stdout: stdout,
        }
    }

    /// What it has logged.
    pub(crate) fn logged(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Ends it.
    pub(crate) async fn end(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Asks as whoever holds `bearer`; nobody if it is empty.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        bearer: &str,
        body: Option<&Value>,
    ) -> Answer {
        let url = format!("http://127.0.0.1:{}{path}", self.port);
        let mut request = self.client.request(method.clone(), url);
        if !bearer.is_empty() {
            request = request.bearer_auth(bearer);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        if is_endless(&response) {
            return Answer {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                text: String::new(),
            };
        }
        let answer = Answer::of(response).await;
        let path = path.split('?').next().unwrap_or_default();
        assert_told(&method, path, &answer);
        answer
    }

    pub(crate) async fn get(&self, path: &str, bearer: &str) -> Answer {
        self.ask(Method::GET, path, bearer, None).await
    }

    pub(crate) async fn post(&self, path: &str, bearer: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, bearer, Some(body)).await
    }

    /// Sets up a SKU.
    pub(crate) async fn stock(&self, sku: &str, quantity: u32, bearer: &str) {
        let body = json!({"sku": sku, "quantity": quantity});
        self.post("/inventory/init", bearer, &body).await.is(201);
    }

    /// Reserves one unit.
    pub(crate) async fn reserve(&self, sku: &str, user: &str, bearer: &str) -> Answer {
        let body = json!({"sku": sku, "user_id": user});
        self.post("/inventory/reserve", bearer, &body).await
    }

    /// Reserves one unit that is free. The id.
    pub(crate) async fn hold(&self, sku: &str, user: &str, bearer: &str) -> String {
        let held = self.reserve(sku, user, bearer).await.is(201);
        held["reservation_id"].as_str().unwrap().to_owned()
    }

    /// Confirms or cancels.
    pub(crate) async fn check_out(&self, how: &str, id: &str, bearer: &str) -> Answer {
        let body = json!({"reservation_id": id});
        self.post(&format!("/checkout/{how}"), bearer, &body).await
    }
}

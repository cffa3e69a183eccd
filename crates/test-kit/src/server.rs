//! A server process whose log is kept, and requests to it with a bearer token.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, Method, Response};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::answer::Answer;
use crate::document::assert_told;
use crate::process::Fairhold;

const TIMEOUT: Duration = Duration::from_secs(30);

/// A client whose requests time out.
pub fn client() -> Client {
    client_builder().timeout(TIMEOUT).build().unwrap()
}

/// A client that ignores the environment's proxies.
pub fn client_builder() -> ClientBuilder {
    // reqwest is built without a default TLS provider; installing it twice is a no-op.
    let provider = rustls::crypto::ring::default_provider();
    provider.install_default().ok();
    Client::builder().no_proxy()
}

/// Whether the response has no end to wait for.
fn is_endless(response: &Response) -> bool {
    let kind = response.headers().get("content-type");
    kind.is_some_and(|kind| kind == "text/event-stream")
}

/// A server. Killed when dropped.
pub struct Server {
    pub port: u16,
    client: Client,
    log: PathBuf,
    process: Fairhold,
}

impl Server {
    /// Starts `command`, logging to the file, and returns once it serves.
    pub async fn start(mut command: Command, log: PathBuf) -> Self {
        command.stderr(File::create(&log).unwrap());
        let started = Fairhold::spawn(command).await;
        let logged = fs::read_to_string(&log).unwrap();
        let process = started.unwrap_or_else(|line| panic!("{line:?}, and logged: {logged}"));
        let port = process.address().rsplit(':').next().unwrap();
        Self {
            port: port.parse().unwrap(),
            client: client(),
            log,
            process,
        }
    }

    /// Its log so far.
    pub fn logged(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// SIGKILL.
    pub async fn end(mut self) {
        self.process.kill().await;
    }

    /// Sends a request with this bearer token, or without one if it is empty, and checks the answer
    /// against the OpenAPI document.
    pub async fn ask(
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
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            return Answer::new(status, headers, String::new());
        }
        let answer = Answer::of(response).await;
        let path = path.split('?').next().unwrap_or_default();
        assert_told(&method, path, &answer);
        answer
    }

    pub async fn get(&self, path: &str, bearer: &str) -> Answer {
        self.ask(Method::GET, path, bearer, None).await
    }

    pub async fn post(&self, path: &str, bearer: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, bearer, Some(body)).await
    }

    /// Sets up a SKU.
    pub async fn stock(&self, sku: &str, quantity: u32, bearer: &str) {
        let body = json!({"sku": sku, "quantity": quantity});
        self.post("/inventory/init", bearer, &body).await.is(201);
    }

    /// Reserves one unit.
    pub async fn reserve(&self, sku: &str, user: &str, bearer: &str) -> Answer {
        let body = json!({"sku": sku, "user_id": user});
        self.post("/inventory/reserve", bearer, &body).await
    }

    /// Reserves one available unit and returns the id of the hold.
    pub async fn hold(&self, sku: &str, user: &str, bearer: &str) -> String {
        let held = self.reserve(sku, user, bearer).await.is(201);
        held["reservation_id"].as_str().unwrap().to_owned()
    }

    /// Confirms or cancels.
    pub async fn check_out(&self, how: &str, id: &str, bearer: &str) -> Answer {
        let body = json!({"reservation_id": id});
        self.post(&format!("/checkout/{how}"), bearer, &body).await
    }
}

//! Client for OpenAI-compatible chat completions. Responses are untrusted and limited in size.

use std::sync::Arc;

use reqwest::header::{self, HeaderMap};
use reqwest::{Client, Response, Url, redirect};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::model_config::{ModelApiKey, ModelConfig};

/// Maximum size of a response body, in bytes.
const RESPONSE_LIMIT: usize = 64 * 1024;

const USER_AGENT: &str = concat!("fairhold/", env!("CARGO_PKG_VERSION"));

/// Messages contain no secret.
#[derive(Debug, Error)]
pub(super) enum ChatError {
    #[error("the model server did not respond in time")]
    Exchange(#[from] reqwest::Error),
    #[error("the model server returned status {0}")]
    Status(u16),
    #[error("the response exceeds {RESPONSE_LIMIT} bytes")]
    TooLong,
    #[error("the response is not a chat completion")]
    NoCompletion(#[from] serde_json::Error),
    #[error("the response has no text")]
    Empty,
}

/// The HTTP client can't be built.
#[derive(Debug, Error)]
pub enum ClientError {
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    #[error(transparent)]
    Client(#[from] reqwest::Error),
}

/// A client for one model on one server.
#[derive(Debug)]
pub(super) struct ChatClient {
    client: Client,
    url: Url,
    model: String,
}

#[derive(Serialize)]
struct Request<'a> {
    model: &'a str,
    messages: [Message<'a>; 2],
    stream: bool,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Deserialize)]
struct Completion {
    choices: Vec<Choice>,
}

#[derive(Deserialize)]
struct Choice {
    message: ResponseMessage,
}

#[derive(Deserialize)]
struct ResponseMessage {
    content: Option<String>,
}

impl ChatClient {
    pub(super) fn new(config: &ModelConfig) -> Result<Self, ClientError> {
        let key = config.api_key.as_ref().and_then(ModelApiKey::header);
        let key = key.map(|key| (header::AUTHORIZATION, key));
        let mut client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .default_headers(HeaderMap::from_iter(key))
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .timeout(config.timeout);
        if config.base_url.is_local() {
            client = client.no_proxy();
        }
        Ok(Self {
            client: client.build()?,
            url: config.base_url.completions(),
            model: config.model.clone(),
        })
    }

    /// The model's name.
    pub(super) fn model(&self) -> &str {
        &self.model
    }

    /// The text of the first choice, unchanged.
    pub(super) async fn complete(
        &self,
        instructions: &str,
        message: &str,
    ) -> Result<String, ChatError> {
        let request = Request {
            model: &self.model,
            messages: [
                Message {
                    role: "system",
                    content: instructions,
                },
                Message {
                    role: "user",
                    content: message,
                },
            ],
            stream: false,
        };
        let response = self
            .client
            .post(self.url.clone())
            .json(&request)
            .send()
            .await?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(ChatError::Status(response.status().as_u16()));
        }
        let completion: Completion = serde_json::from_slice(&read_body(response).await?)?;
        let first = completion.choices.into_iter().next();
        first
            .and_then(|choice| choice.message.content)
            .ok_or(ChatError::Empty)
    }
}

/// Counts the bytes received, since `Content-Length` can't be trusted.
async fn read_body(mut response: Response) -> Result<Vec<u8>, ChatError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > RESPONSE_LIMIT {
            return Err(ChatError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Trusts the system's certificate authorities or, if there are none, as in a bare container,
/// Mozilla's.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(ring::default_provider());
    let config =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

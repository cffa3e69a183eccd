//! A client of the chat completions of OpenAI's protocol, which trusts nothing that it is answered.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use reqwest::{Client, Response, Url, redirect};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::access::{ApiKey, ModelAccess};

/// The most bytes that an answer may have.
const ANSWER_LIMIT: usize = 64 * 1024;

const USER_AGENT: &str = concat!("fairhold/", env!("CARGO_PKG_VERSION"));

/// Why there was no completion. Shows no secret.
#[derive(Debug, Error)]
pub(super) enum ChatError {
    #[error("the model's server did not answer, or not in time")]
    Exchange(#[from] reqwest::Error),
    #[error("the model's server answered with status {0}")]
    Status(u16),
    #[error("the answer has more than {ANSWER_LIMIT} bytes")]
    TooLong,
    #[error("the answer is no chat completion")]
    NoCompletion(#[from] serde_json::Error),
    #[error("the answer has no text")]
    Empty,
}

/// The client can't be made of these settings.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The system has no TLS that serves.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
    /// The library refuses.
    #[error(transparent)]
    Client(#[from] reqwest::Error),
}

/// Asks one model of one server.
#[derive(Debug)]
pub(super) struct Chat {
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
    message: Written,
}

#[derive(Deserialize)]
struct Written {
    content: Option<String>,
}

impl Chat {
    pub(super) fn new(access: &ModelAccess) -> Result<Self, ClientError> {
        let key = access.api_key.as_ref().and_then(ApiKey::header);
        let key = key.map(|key| (header::AUTHORIZATION, key));
        let mut client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .default_headers(HeaderMap::from_iter(key))
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .timeout(access.deadline);
        if access.base_url.is_local() {
            client = client.no_proxy();
        }
        Ok(Self {
            client: client.build()?,
            url: access.base_url.completions(),
            model: access.model.clone(),
        })
    }

    /// The model's name.
    pub(super) fn model(&self) -> &str {
        &self.model
    }

    /// What the model writes when it is given this task and this message: the text of the first
    /// choice, as it came.
    pub(super) async fn complete(&self, task: &str, message: &str) -> Result<String, ChatError> {
        let request = Request {
            model: &self.model,
            messages: [
                Message {
                    role: "system",
                    content: task,
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
        let completion: Completion = serde_json::from_slice(&whole(response).await?)?;
        let first = completion.choices.into_iter().next();
        first
            .and_then(|choice| choice.message.content)
            .ok_or(ChatError::Empty)
    }
}

/// The body, unless it is too long, whatever it says of its length.
async fn whole(mut response: Response) -> Result<Vec<u8>, ChatError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER_LIMIT {
            return Err(ChatError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Trusts whom the system trusts; where it knows nobody, as in a bare container, the usual
/// authorities.
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

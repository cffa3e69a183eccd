//! Has a model write summaries, unless the circuit breaker rejects the call.

use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::chat_client::{ChatClient, ChatError, ClientError};
use super::circuit_breaker::{CircuitBreaker, OPEN_TIME};
use super::model_config::ModelConfig;
use super::prompt::{INSTRUCTIONS, PromptInput};
use super::sanitize::sanitize;
use super::stats::SkuStats;

#[derive(Debug)]
pub(super) struct ModelWriter {
    client: ChatClient,
    breaker: Mutex<CircuitBreaker>,
}

impl ModelWriter {
    pub(super) fn new(config: &ModelConfig) -> Result<Self, ClientError> {
        Ok(Self {
            client: ChatClient::new(config)?,
            breaker: Mutex::new(CircuitBreaker::new(config.calls_per_minute)),
        })
    }

    /// The model's name.
    pub(super) fn model(&self) -> &str {
        self.client.model()
    }

    /// The model's summary; `None` if the call is rejected, or fails, which is logged.
    pub(super) async fn write(&self, stats: &SkuStats) -> Option<String> {
        if let Err(rejection) = self.breaker().start_call(Instant::now()) {
            tracing::debug!(?rejection, "model call skipped: using rules");
            return None;
        }
        match self.call_model(stats).await {
            Ok(text) => {
                self.breaker().record_success();
                Some(text)
            }
            Err(error) => {
                self.record_failure(&error);
                None
            }
        }
    }

    async fn call_model(&self, stats: &SkuStats) -> Result<String, ChatError> {
        let input = serde_json::to_string(&PromptInput::from(stats))?;
        let written = self.client.complete(INSTRUCTIONS, &input).await?;
        sanitize(&written).ok_or(ChatError::Empty)
    }

    fn record_failure(&self, error: &ChatError) {
        let error = error as &dyn Error;
        tracing::warn!(error, "model call failed: using rules");
        if self.breaker().record_failure(Instant::now()) {
            let seconds = OPEN_TIME.as_secs();
            tracing::warn!("circuit breaker open: model calls suspended for {seconds} s");
        }
    }

    /// Never held across an await. Every change is complete, so a poisoned lock is safe to use.
    fn breaker(&self) -> MutexGuard<'_, CircuitBreaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! A model that may speak for the rules, when it is well and has not spoken too often.

use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::access::ModelAccess;
use super::chat::{Chat, ChatError, ClientError};
use super::figures::Figures;
use super::gate::{Gate, REST};
use super::prompt::{Sheet, TASK};
use super::text::plain;

/// A model, and whether it may be asked.
#[derive(Debug)]
pub(super) struct Speaker {
    chat: Chat,
    gate: Mutex<Gate>,
}

impl Speaker {
    pub(super) fn new(access: &ModelAccess) -> Result<Self, ClientError> {
        Ok(Self {
            chat: Chat::new(access)?,
            gate: Mutex::new(Gate::new(access.calls_per_minute)),
        })
    }

    /// The model's name.
    pub(super) fn model(&self) -> &str {
        self.chat.model()
    }

    /// What the model says, within its deadline; `None` when it may not be asked or fails, which is
    /// logged.
    pub(super) async fn say(&self, figures: &Figures) -> Option<String> {
        if let Err(held) = self.gate().pass(Instant::now()) {
            tracing::debug!(?held, "the model is not asked: the rules speak");
            return None;
        }
        match self.ask(figures).await {
            Ok(text) => {
                self.gate().succeeded();
                Some(text)
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn Error,
                    "the model failed: the rules speak"
                );
                if self.gate().failed(Instant::now()) {
                    let seconds = REST.as_secs();
                    tracing::warn!(
                        seconds,
                        "the model fails again and again, and is left alone"
                    );
                }
                None
            }
        }
    }

    async fn ask(&self, figures: &Figures) -> Result<String, ChatError> {
        let sheet = serde_json::to_string(&Sheet::from(figures))?;
        let written = self.chat.complete(TASK, &sheet).await?;
        plain(&written).ok_or(ChatError::Empty)
    }

    /// Never held across a wait. Each change of it is whole, so that a panic elsewhere spoils none.
    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

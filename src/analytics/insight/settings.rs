//! The settings of the model that writes summaries.

use std::time::Duration;

use clap::Args;
use thiserror::Error;

use super::access::{ApiKey, BaseUrl, ModelAccess, is_model_name};

/// The longest that a model may take to answer.
const DEADLINE: Duration = Duration::from_secs(5);

/// How to reach a model. A flag counts more than its environment variable.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "AI insight")]
pub struct ModelSettings {
    /// The base URL of an OpenAI-compatible server, such as <https://api.openai.com/v1>, whose model
    /// writes the summaries [default: none, the rules write them]
    #[arg(
        long = "ai-base-url",
        env = "FAIRHOLD_AI_BASE_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    base_url: Option<String>,

    /// The name of the model, needed with a base URL
    #[arg(
        long = "ai-model",
        env = "FAIRHOLD_AI_MODEL",
        global = true,
        value_name = "NAME"
    )]
    model: Option<String>,

    /// The key that the server asks for, if it does
    #[arg(
        long = "ai-api-key",
        env = "FAIRHOLD_AI_API_KEY",
        hide_env_values = true,
        global = true,
        value_name = "KEY"
    )]
    api_key: Option<ApiKey>,

    /// How often the model is asked at most, 1 to 6000 times a minute
    #[arg(long = "ai-calls-per-minute", env = "FAIRHOLD_AI_CALLS_PER_MINUTE", global = true, value_name = "COUNT",
          default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=6000))]
    calls_per_minute: u16,
}

/// A setting of the model that can't be. Shows no value: it may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ModelSettingsError {
    /// No server is there, or a password is in it.
    #[error(
        "--ai-base-url (FAIRHOLD_AI_BASE_URL) is not a base URL: it should look like https://host/v1, without user, password or query; a key goes to FAIRHOLD_AI_API_KEY"
    )]
    BaseUrl,
    /// A server without a model.
    #[error(
        "--ai-model (FAIRHOLD_AI_MODEL) must name a model of the server of --ai-base-url (FAIRHOLD_AI_BASE_URL), in at most 200 characters"
    )]
    Model,
    /// A key that no header can carry.
    #[error(
        "--ai-api-key (FAIRHOLD_AI_API_KEY) must be of printable ASCII characters without spaces"
    )]
    ApiKey,
}

impl ModelSettings {
    /// The model; `None` where there is no base URL. It has `patience` to answer, though no more
    /// than 5 seconds.
    pub fn access(&self, patience: Duration) -> Result<Option<ModelAccess>, ModelSettingsError> {
        let Some(base_url) = &self.base_url else {
            return Ok(None);
        };
        let model = self.model.clone().filter(|name| is_model_name(name));
        let api_key = self.api_key.clone();
        if !api_key.as_ref().is_none_or(ApiKey::is_sendable) {
            return Err(ModelSettingsError::ApiKey);
        }
        Ok(Some(ModelAccess {
            base_url: BaseUrl::parse(base_url).ok_or(ModelSettingsError::BaseUrl)?,
            model: model.ok_or(ModelSettingsError::Model)?,
            api_key,
            calls_per_minute: self.calls_per_minute,
            deadline: DEADLINE.min(patience),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::ModelSettings;

    #[test]
    fn a_model_has_five_seconds_or_less() {
        let settings = ModelSettings {
            base_url: Some("https://models/v1".to_owned()),
            model: Some("m".to_owned()),
            api_key: None,
            calls_per_minute: 1,
        };
        for (patience, deadline) in [(60_000, 5000), (5000, 5000), (300, 300)] {
            let access = settings.access(Duration::from_millis(patience));
            let given = access.unwrap().unwrap().deadline;
            assert_eq!(given, Duration::from_millis(deadline));
        }
    }
}

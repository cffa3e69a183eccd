//! Settings of the model that writes summaries.

use std::time::Duration;

use clap::Args;
use thiserror::Error;

use super::model_config::{BaseUrl, ModelApiKey, ModelConfig, is_model_name};

/// Maximum duration of a model call.
const TIMEOUT: Duration = Duration::from_secs(5);

/// A flag overrides its environment variable.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "AI insight")]
pub struct ModelSettings {
    /// Base URL of an OpenAI-compatible server whose model writes inventory summaries, such as
    /// <https://api.openai.com/v1> [default: none; summaries are rule-based]
    #[arg(
        long = "ai-base-url",
        env = "FAIRHOLD_AI_BASE_URL",
        hide_env_values = true,
        global = true,
        value_name = "URL"
    )]
    base_url: Option<String>,

    /// Name of the model; required with --ai-base-url
    #[arg(
        long = "ai-model",
        env = "FAIRHOLD_AI_MODEL",
        global = true,
        value_name = "NAME"
    )]
    model: Option<String>,

    /// API key for the model server, if it requires one
    #[arg(
        long = "ai-api-key",
        env = "FAIRHOLD_AI_API_KEY",
        hide_env_values = true,
        global = true,
        value_name = "KEY"
    )]
    api_key: Option<ModelApiKey>,

    /// Maximum number of model calls per minute, 1 to 6000
    #[arg(long = "ai-calls-per-minute", env = "FAIRHOLD_AI_CALLS_PER_MINUTE", global = true, value_name = "COUNT",
          default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=6000))]
    calls_per_minute: u16,
}

/// Messages show no values, which may be secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ModelSettingsError {
    #[error(
        "--ai-base-url (FAIRHOLD_AI_BASE_URL) is not a valid base URL: use the form https://host/v1, without user, password or query (set the key with FAIRHOLD_AI_API_KEY)"
    )]
    BaseUrl,
    #[error(
        "--ai-base-url (FAIRHOLD_AI_BASE_URL) requires --ai-model (FAIRHOLD_AI_MODEL), a name of 1 to 200 printable characters"
    )]
    Model,
    #[error(
        "--ai-api-key (FAIRHOLD_AI_API_KEY) must contain only printable ASCII characters and no spaces"
    )]
    ModelApiKey,
}

impl ModelSettings {
    /// `None` without a base URL. A call may take `request_timeout`, but at most 5 seconds.
    pub fn config(
        &self,
        request_timeout: Duration,
    ) -> Result<Option<ModelConfig>, ModelSettingsError> {
        let Some(base_url) = &self.base_url else {
            return Ok(None);
        };
        let model = self.model.clone().filter(|name| is_model_name(name));
        let api_key = self.api_key.clone();
        if !api_key.as_ref().is_none_or(ModelApiKey::is_valid_header) {
            return Err(ModelSettingsError::ModelApiKey);
        }
        Ok(Some(ModelConfig {
            base_url: BaseUrl::parse(base_url).ok_or(ModelSettingsError::BaseUrl)?,
            model: model.ok_or(ModelSettingsError::Model)?,
            api_key,
            calls_per_minute: self.calls_per_minute,
            timeout: TIMEOUT.min(request_timeout),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::ModelSettings;

    #[test]
    fn a_model_call_takes_at_most_five_seconds() {
        let settings = ModelSettings {
            base_url: Some("https://models/v1".to_owned()),
            model: Some("m".to_owned()),
            api_key: None,
            calls_per_minute: 1,
        };
        for (request_timeout, expected) in [(60_000, 5000), (5000, 5000), (300, 300)] {
            let config = settings.config(Duration::from_millis(request_timeout));
            let timeout = config.unwrap().unwrap().timeout;
            assert_eq!(timeout, Duration::from_millis(expected));
        }
    }
}

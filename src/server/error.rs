//! Why the service does not start.

use thiserror::Error;

use crate::access::OpenAccessError;
use crate::analytics::insight::ClientError;
use crate::config::SettingsError;
use crate::connections::TlsError;
use crate::database::{ConnectError, DurabilityError, SchemaError};

/// Why the service does not start.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The database can't be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date")]
    Migrate(#[from] SchemaError),
    /// The database could lose what was answered.
    #[error(transparent)]
    Durability(#[from] DurabilityError),
    /// The settings don't make sense together.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Nobody can be served by TLS as the settings say.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The model can't be asked as the settings say.
    #[error("no client for the model of --ai-base-url (FAIRHOLD_AI_BASE_URL)")]
    Model(#[from] ClientError),
    /// Everybody could do everything, and nobody said so.
    #[error(transparent)]
    OpenAccess(#[from] OpenAccessError),
    /// The API keys can't be read.
    #[error("the API keys can't be read")]
    Keys(#[source] sqlx::Error),
    /// The identity provider can't be known by its certificate.
    #[error("the identity provider can't be asked")]
    Provider(#[source] reqwest::Error),
    /// Redis can't be asked as the settings say.
    #[error("no client for the Redis of --redis-url (REDIS_URL)")]
    Redis(#[source] redis::RedisError),
    /// The system has no thread left for a lane.
    #[error("a lane could not be started")]
    Threads(#[source] std::io::Error),
}

//! Why the service does not start.

use thiserror::Error;

use crate::access::OpenAccessError;
use crate::analytics::insight::ClientError;
use crate::config::SettingsError;
use crate::database::{ConnectError, DurabilityError, SchemaError};

/// Why the service does not start.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The database cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema could not be migrated.
    #[error("cannot migrate the schema")]
    Migrate(#[from] SchemaError),
    /// The database could lose committed data.
    #[error(transparent)]
    Durability(#[from] DurabilityError),
    /// The settings contradict each other.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// No client for the model can be made.
    #[error("no client for the model of --ai-base-url (FAIRHOLD_AI_BASE_URL)")]
    Model(#[from] ClientError),
    /// The server would be open to everyone, which was not allowed.
    #[error(transparent)]
    OpenAccess(#[from] OpenAccessError),
    /// The API keys cannot be read.
    #[error("cannot read the API keys")]
    Keys(#[source] sqlx::Error),
    /// The identity provider's certificate cannot be checked.
    #[error("no client for the identity provider")]
    Provider(#[source] reqwest::Error),
    /// No client for Redis can be made.
    #[error("no client for the Redis of --redis-url (REDIS_URL)")]
    Redis(#[source] redis::RedisError),
    /// The system has no thread for a lane.
    #[error("cannot start a lane")]
    Threads(#[source] std::io::Error),
}

//! Problem documents: RFC 9457, `application/problem+json`.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;

use super::problem_type::ProblemType;
use crate::database::ErrorClass;

/// An invalid field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// The name of the field or header.
    pub field: String,
    /// What it must be.
    pub message: String,
}

/// A problem document. Its status follows from its code.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    kind: ProblemType,
    detail: String,
    errors: Vec<FieldError>,
    // Boxed, since few problems have any, and handlers return problems by value.
    members: Box<ProblemMembers>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// A problem document (RFC 9457).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct Document<'a> {
    /// The path of the page that explains this type: `/problems/` and the `code`.
    #[schemars(regex(pattern = "^/problems/[a-z-]+$"))]
    r#type: String,
    /// The type in a few words.
    title: &'static str,
    /// The HTTP status.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What is wrong with this request.
    #[schemars(length(min = 1))]
    detail: &'a str,
    /// The type, for programs.
    code: &'static str,
    /// The invalid fields, in no order; only with `validation-failed`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(length(min = 1))]
    errors: &'a [FieldError],
    #[serde(flatten)]
    members: &'a ProblemMembers,
}

/// What the client needs to go on: members of certain types only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct ProblemMembers {
    /// The user's live reservation; only with `live-reservation-exists`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "reservation_schema")]
    pub reservation: Option<Value>,
    /// The available units; only with `sold-out` and `insufficient-stock`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64", range(min = 0))]
    pub available_quantity: Option<i64>,
    /// How many reservations wait; only with `sold-out`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "i64", range(min = 0))]
    pub waitlist_size: Option<i64>,
    /// How many may wait, null for no limit; only with `sold-out`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i64>", range(min = 0))]
    pub waitlist_limit: Option<Option<i64>>,
}

/// The schema of that name is one of those that the routes describe.
fn reservation_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"$ref": "#/components/schemas/Reservation"})
}

impl Problem {
    /// A problem. `detail` says what is wrong this time, without the internal cause.
    #[must_use]
    pub fn new(problem_type: ProblemType, detail: impl Into<String>) -> Self {
        let mut headers = Vec::new();
        if problem_type.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.push((header::RETRY_AFTER, HeaderValue::from_static("1")));
        }
        Self {
            kind: problem_type,
            detail: detail.into(),
            errors: Vec::new(),
            members: Box::default(),
            headers,
        }
    }

    /// A single field is invalid.
    #[must_use]
    pub fn invalid_field(field: &str, message: &str) -> Self {
        Self::invalid_fields(vec![FieldError {
            field: field.to_owned(),
            message: message.to_owned(),
        }])
    }

    /// These fields are invalid.
    #[must_use]
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let names: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        let detail = format!("Invalid: {}.", names.join(", "));
        Self {
            errors,
            ..Self::new(ProblemType::ValidationFailed, detail)
        }
    }

    /// No SKU has this name.
    #[must_use]
    pub fn unknown_sku() -> Self {
        Self::new(ProblemType::UnknownSku, "No SKU has this name.")
    }

    /// No reservation has this id.
    #[must_use]
    pub fn unknown_reservation() -> Self {
        Self::new(
            ProblemType::UnknownReservation,
            "No reservation has this id.",
        )
    }

    /// The path does not support the method.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(
            ProblemType::MethodNotAllowed,
            "The path does not support this method.",
        )
    }

    /// An internal error. Its cause belongs in the log.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            ProblemType::InternalError,
            "The error was logged. The request can be retried unchanged.",
        )
    }

    /// Sets the members that only some types have.
    #[must_use]
    pub fn with_members(self, members: ProblemMembers) -> Self {
        Self {
            members: Box::new(members),
            ..self
        }
    }

    /// Sets a header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value));
        self
    }

    /// Its type.
    #[must_use]
    pub fn kind(&self) -> ProblemType {
        self.kind
    }

    /// The invalid fields.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let document = Document {
            r#type: format!("/problems/{}", self.kind.name()),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: &self.detail,
            code: self.kind.name(),
            errors: &self.errors,
            members: &self.members,
        };
        let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
        match serde_json::to_vec(&document) {
            Ok(json) => {
                let mut response = (status, content_type, json).into_response();
                response.headers_mut().extend(self.headers);
                response
            }
            Err(error) => {
                tracing::error!(%error, "cannot serialize a problem");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    content_type,
                    UNSERIALIZABLE,
                )
                    .into_response()
            }
        }
    }
}

/// The document for a problem that cannot be serialized.
const UNSERIALIZABLE: &str = r#"{"type":"/problems/internal-error","title":"Internal error","status":500,"detail":"The error was logged.","code":"internal-error"}"#;

/// A failed statement. Logs the cause.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match ErrorClass::of(&error) {
            ErrorClass::Rejected => {
                tracing::error!(%error, "a statement failed");
                Self::internal()
            }
            ErrorClass::Locked | ErrorClass::Unavailable => {
                tracing::warn!(%error, "the database is unavailable");
                Self::new(
                    ProblemType::DatabaseUnavailable,
                    "The database cannot be reached at the moment.",
                )
            }
        }
    }
}

/// Answers for paths without a route.
pub async fn not_found() -> Problem {
    Problem::new(ProblemType::NotFound, "Nothing is served at this path.")
}

/// Answers for methods that a path does not support.
pub async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed()
}

/// Answers for a handler that panicked, which the panic hook has logged.
#[must_use]
pub(super) fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::internal().into_response()
}

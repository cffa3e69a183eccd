//! What a client is told when something is wrong: RFC 9457, `application/problem+json`.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::catalog::Code;
use super::reply::json_bytes;
use crate::allocation::SubmitError;
use crate::database::ErrorClass;
use crate::panic_message::panic_message;
use crate::reservations::ReservationView;
use crate::telemetry::metrics;

/// One field that is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldError {
    /// The name of the field or header.
    pub field: String,
    /// What it must be, for people.
    pub message: String,
}

/// A problem document. Its status follows from its code.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    reservation: Option<Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Why a request was refused (RFC 9457).
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct Document<'a> {
    /// Where the page stands that explains this kind of problem: `/problems/` and the `code`.
    #[schemars(regex(pattern = "^/problems/[a-z-]+$"))]
    r#type: String,
    /// The kind in a few words, which never change.
    title: &'static str,
    /// The HTTP status, again.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// What is wrong this time, for people.
    #[schemars(length(min = 1))]
    detail: &'a str,
    /// The kind, for programs.
    code: &'static str,
    /// The fields at fault, in no order; only with `validation-failed`, and then at least one.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(length(min = 1))]
    errors: &'a [FieldError],
    /// The user's live reservation; only with `live-reservation-exists`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ReservationView")]
    reservation: Option<&'a Value>,
}

impl Problem {
    /// A problem of the kind `code`; `detail` says what is wrong this time, without its cause.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let mut headers = Vec::new();
        if code.status() == StatusCode::SERVICE_UNAVAILABLE {
            headers.push((header::RETRY_AFTER, HeaderValue::from_static("1")));
        }
        Self {
            code,
            detail: detail.into(),
            errors: Vec::new(),
            reservation: None,
            headers,
        }
    }

    /// The problem that these fields are at fault.
    #[must_use]
    pub fn invalid_fields(errors: Vec<FieldError>) -> Self {
        let names: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        let detail = format!("At fault: {}.", names.join(", "));
        Self {
            errors,
            ..Self::new(Code::ValidationFailed, detail)
        }
    }

    /// The problem that there is no such SKU.
    #[must_use]
    pub fn unknown_sku() -> Self {
        Self::new(Code::UnknownSku, "The SKU was never initialized.")
    }

    /// The problem that there is no such reservation.
    #[must_use]
    pub fn unknown_reservation() -> Self {
        Self::new(Code::UnknownReservation, "No reservation has this id.")
    }

    /// The problem that the path does not know the method.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(
            Code::MethodNotAllowed,
            "The path is served, but not with this method.",
        )
    }

    /// The problem that the service failed. The cause belongs into the log, not here.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            Code::InternalError,
            "The failure was logged. The request may be sent again as it is.",
        )
    }

    /// The same, showing `reservation`.
    #[must_use]
    pub fn with_reservation(self, reservation: impl Serialize) -> Self {
        Self {
            reservation: serde_json::to_value(reservation).ok(),
            ..self
        }
    }

    /// The same with this header, and no other of its name.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value));
        self
    }

    /// The kind of the problem.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The fields at fault.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let document = Document {
            r#type: format!("/problems/{}", self.code.name()),
            title: self.code.title(),
            status: status.as_u16(),
            detail: &self.detail,
            code: self.code.name(),
            errors: &self.errors,
            reservation: self.reservation.as_ref(),
        };
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, kind, json_bytes(&document)).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

/// A statement outside of the lanes that failed. It is logged here.
impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match ErrorClass::of(&error) {
            ErrorClass::Rejected => {
                tracing::error!(%error, "a statement failed");
                Self::internal()
            }
            ErrorClass::Locked | ErrorClass::Unavailable => {
                tracing::warn!(%error, "the database could not be asked");
                Self::new(
                    Code::DatabaseUnavailable,
                    "The books can't be reached at the moment.",
                )
            }
        }
    }
}

/// A command that has no outcome. A rejection is logged here, with the request.
impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Overloaded => {
                metrics().overloaded();
                Self::new(
                    Code::Overloaded,
                    "More is waiting than can be served soon. Nothing was changed.",
                )
            }
            SubmitError::Unavailable => Self::new(
                Code::DatabaseUnavailable,
                "The outcome is not known. Send the request again as it is.",
            ),
            SubmitError::Rejected(cause) => {
                tracing::error!(cause, "the database rejected a command");
                Self::internal()
            }
            SubmitError::Failed => Self::internal(),
        }
    }
}

/// What to answer to a path that is not served.
pub async fn not_found() -> Problem {
    Problem::new(Code::NotFound, "There is nothing at this path.")
}

/// What to answer to a method that the path does not know.
pub async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed()
}

/// What to answer when a handler panicked, which is logged here.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer that catches panics hands the cause over"
)]
pub(super) fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let message = panic_message(&*cause);
    tracing::error!(message, "a handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, Problem::internal()).into_response()
}

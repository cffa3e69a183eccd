//! An answer, and what every answer of its kind must look like.

use reqwest::Response;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::openapi::problem_title;

/// Words that name a cause. No answer of the class 5xx may have one.
const CAUSES: [&str; 9] = [
    "sql",
    "postgres",
    "constraint",
    "relation",
    "ledger",
    "connect",
    "pool",
    "panic",
    "row",
];

/// A whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// `Null` if the text is not JSON.
    pub body: Value,
}

impl Answer {
    /// Reads the response to its end.
    pub async fn read(response: Response) -> reqwest::Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self::new(status, headers, response.text().await?))
    }

    pub async fn of(response: Response) -> Self {
        Self::read(response).await.unwrap()
    }

    pub fn new(status: u16, headers: HeaderMap, text: String) -> Self {
        Self {
            status,
            headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn kind(&self) -> &str {
        self.header("content-type").unwrap_or_default()
    }

    pub fn is_replayed(&self) -> bool {
        self.header("idempotency-replayed") == Some("true")
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The id of the reservation.
    pub fn id(&self) -> String {
        self.text("reservation_id")
    }

    #[track_caller]
    pub fn text(&self, field: &str) -> String {
        let value = self.body[field].as_str();
        value
            .unwrap_or_else(|| panic!("no {field}: {self:?}"))
            .to_owned()
    }

    /// The integer at a path such as `hold/ttl_seconds`.
    #[track_caller]
    pub fn number(&self, path: &str) -> i64 {
        let value = self.body.pointer(&format!("/{path}"));
        let value = value.and_then(Value::as_i64);
        value.unwrap_or_else(|| panic!("no {path}: {self:?}"))
    }
}

/// Assertions.
impl Answer {
    #[track_caller]
    pub fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }

    /// Asserts that the status is one of these, and returns it.
    #[track_caller]
    pub fn assert_status_in(&self, statuses: &[u16]) -> u16 {
        assert!(statuses.contains(&self.status), "{self:?}");
        self.status
    }

    /// The object of a success with this status.
    #[track_caller]
    pub fn is(&self, status: u16) -> Value {
        self.assert_status(status);
        assert_eq!(self.kind(), "application/json", "{self:?}");
        self.json()
    }

    /// The problem document, which has this status and code and shows no cause.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        self.assert_status(status);
        assert_eq!(self.kind(), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "{problem}");
        assert_eq!(problem["title"], problem_title(code), "{problem}");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(!detail.is_empty(), "{problem}");
        let has_errors = problem.get("errors").is_some();
        assert_eq!(has_errors, code == "validation-failed", "{problem}");
        if status >= 500 {
            let detail = detail.to_lowercase();
            let cause = CAUSES.iter().find(|cause| detail.contains(*cause));
            assert_eq!(cause, None, "{problem}");
        }
        if status == 503 {
            assert!(self.header("retry-after").is_some(), "{self:?}");
        }
        assert!(self.header("x-request-id").is_some(), "{self:?}");
        problem
    }

    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) -> &Self {
        self.refused(status, code);
        self
    }

    /// Asserts that these fields, and no others, are named as invalid.
    #[track_caller]
    pub fn at_fault(&self, fields: &[&str]) {
        let problem = self.refused(422, "validation-failed");
        let errors = problem["errors"].as_array().expect("a list of errors");
        let mut named: Vec<_> = errors.iter().filter_map(|e| e["field"].as_str()).collect();
        named.sort_unstable();
        let mut fields = fields.to_vec();
        fields.sort_unstable();
        assert_eq!(named, fields, "{problem}");
        for error in errors {
            assert_ne!(error["message"].as_str().unwrap_or_default(), "", "{error}");
        }
    }
}

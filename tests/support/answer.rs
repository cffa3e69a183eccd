//! What the service answered, and what every answer of its kind must look like.

use fairhold::http::ProblemType;
use reqwest::Response;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// Words that tell of a cause. No answer of the class 5xx may have one.
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
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.text().await.unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The object of a success with this status.
    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some("application/json"));
        self.json()
    }

    /// The document of a problem of this kind.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        let kind = self.header("content-type");
        assert_eq!(kind, Some("application/problem+json"), "{self:?}");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        assert_eq!(problem["type"], format!("/problems/{code}"), "{problem}");
        let known = ProblemType::ALL.iter().find(|known| known.name() == code);
        let known = known.expect("a code of the catalog");
        assert_eq!(problem["title"], known.title(), "{problem}");
        let detail = problem["detail"].as_str().expect("a detail");
        assert!(!detail.is_empty(), "{problem}");
        let at_fault = problem.get("errors").is_some();
        assert_eq!(at_fault, code == "validation-failed", "{problem}");
        if status >= 500 {
            let shown = detail.to_lowercase();
            let cause = CAUSES.iter().find(|cause| shown.contains(*cause));
            assert_eq!(cause, None, "{problem}");
        }
        assert!(self.header("x-request-id").is_some(), "{self:?}");
        problem
    }

    /// These fields, and no others, are named as being at fault.
    #[track_caller]
    pub(crate) fn at_fault(&self, fields: &[&str]) {
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

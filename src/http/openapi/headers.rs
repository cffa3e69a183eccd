//! The headers that the document describes.

use serde_json::{Value, json};

/// Headers of requests.
pub(super) fn of_requests() -> Value {
    json!({
        "Idempotency-Key": header_parameter(
            "Idempotency-Key",
            "Makes retries safe: the same key with the same body returns the stored outcome. A key \
             belongs to one endpoint and one SKU, and is kept as long as the reservation or ledger \
             entry that it created.",
            &json!({"type": "string", "pattern": "^[ -~]{1,255}$"}),
            "6f1c1e0a-order-4711",
        ),
        "X-Request-Id": header_parameter(
            "X-Request-Id",
            "An id for the request, of 1 to 128 printable ASCII characters, which is echoed and \
             logged. If absent or invalid, the server makes one.",
            &json!({"type": "string"}),
            "checkout-4711",
        ),
        "traceparent": header_parameter(
            "traceparent",
            "The trace that the request belongs to (W3C Trace Context). Invalid values are ignored.",
            &json!({"type": "string"}),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ),
    })
}

/// Headers of responses.
pub(super) fn of_responses() -> Value {
    json!({
        "X-Request-Id": header(
            "The id of the request.",
            &json!({"type": "string"}),
        ),
        "Idempotency-Replayed": header(
            "Present only when the response is the stored outcome of an earlier request with the \
             same key.",
            &json!({"const": "true"}),
        ),
        "WWW-Authenticate": header(
            "The authentication challenge (RFC 6750).",
            &json!({"type": "string"}),
        ),
        "Retry-After": header(
            "The seconds to wait before a retry.",
            &json!({"type": "integer", "minimum": 0}),
        ),
        "RateLimit": header(
            "What remains of each limit, and the seconds until it is restored. Present only when \
             limits are configured (IETF draft \"RateLimit header fields for HTTP\").",
            &json!({"type": "string"}),
        ),
        "RateLimit-Policy": header(
            "The limits of this client. Present only when limits are configured (IETF draft \
             \"RateLimit header fields for HTTP\").",
            &json!({"type": "string"}),
        ),
    })
}

fn header_parameter(name: &str, words: &str, schema: &Value, example: &str) -> Value {
    json!({
        "name": name,
        "in": "header",
        "required": false,
        "description": words,
        "schema": schema,
        "example": example,
    })
}

fn header(words: &str, schema: &Value) -> Value {
    json!({"description": words, "schema": schema})
}

//! Headers, as the document tells them.

use serde_json::{Value, json};

/// Those that a request may have.
pub(super) fn of_requests() -> Value {
    json!({
        "Idempotency-Key": header_parameter(
            "Idempotency-Key",
            "Makes a repetition exact: the same key with the same body answers with the stored \
             outcome. A key belongs to one endpoint and one SKU, and is kept as long as what it \
             made.",
            &json!({"type": "string", "pattern": "^[ -~]{1,255}$"}),
            "6f1c1e0a-order-4711",
        ),
        "X-Request-Id": header_parameter(
            "X-Request-Id",
            "An id for the request, of 1 to 128 printable ASCII characters, which is echoed and \
             logged. Without it, or where it is anything else, one is made.",
            &json!({"type": "string"}),
            "checkout-4711",
        ),
        "traceparent": header_parameter(
            "traceparent",
            "The trace that the request belongs to (W3C Trace Context). What can't be read is \
             passed over.",
            &json!({"type": "string"}),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ),
    })
}

/// Those that an answer may have.
pub(super) fn of_responses() -> Value {
    json!({
        "X-Request-Id": header(
            "The id of the request, as it was sent or made.",
            &json!({"type": "string"}),
        ),
        "Idempotency-Replayed": header(
            "There only where the answer is the stored outcome of an earlier request with the \
             same key.",
            &json!({"const": "true"}),
        ),
        "WWW-Authenticate": header(
            "What to say who one is, or what is missing (RFC 6750).",
            &json!({"type": "string"}),
        ),
        "Retry-After": header(
            "After how many seconds to come back.",
            &json!({"type": "integer", "minimum": 0}),
        ),
        "RateLimit": header(
            "What is left of each limit, and in how many seconds it is whole again. There only \
             where limits are set (IETF draft \"RateLimit header fields for HTTP\").",
            &json!({"type": "string"}),
        ),
        "RateLimit-Policy": header(
            "The limits that count for this client. There only where limits are set (IETF draft \"RateLimit header fields for \
             HTTP\").",
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

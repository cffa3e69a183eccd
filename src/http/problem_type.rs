//! The problem types: code, status, title, and the text of the page that explains each.

use axum::http::StatusCode;

macro_rules! problem_types {
    ($( $code:ident $name:literal $status:ident $title:literal $page:literal )+) => {
        /// The type of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemType {
            $( #[doc = $title] $code, )+
        }

        impl ProblemType {
            /// All types, by status.
            pub const ALL: &[Self] = &[$( Self::$code ),+];

            /// The `code` of problem documents, and the last segment of the page's path.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $( Self::$code => $name, )+ }
            }

            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $( Self::$code => StatusCode::$status, )+ }
            }

            /// The `title` of problem documents.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $( Self::$code => $title, )+ }
            }

            /// What it means and what to do, for the page.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $( Self::$code => $page, )+ }
            }
        }
    };
}

problem_types! {
    MalformedJson "malformed-json" BAD_REQUEST
        "Malformed JSON"
        "The body could not be read as JSON in UTF-8, or did not arrive within 10 seconds. Nothing was \
         changed."
    Unauthenticated "unauthenticated" UNAUTHORIZED
        "Authentication required"
        "Send `Authorization: Bearer` with an API key, made with `fairhold keys create`, or with a \
         token of the shop's identity provider. If you sent one, it is invalid, revoked, expired or \
         not valid yet; the WWW-Authenticate header says which. Nothing was changed."
    Forbidden "forbidden" FORBIDDEN
        "Insufficient permissions"
        "The API key or token is valid but does not permit this request. A key has the scope read, \
         storefront or admin; a shopper's token covers only that shopper. Nothing was changed."
    OpenAccessRefused "open-access-refused" FORBIDDEN
        "Remote access requires an API key"
        "No API keys exist yet, so only requests from the same machine are served: not through a \
         proxy, and with localhost or an IP address as the host name. The operator can create a key \
         with `fairhold keys create`, or set FAIRHOLD_ALLOW_OPEN_ACCESS=true to serve everyone who can \
         reach the service."
    NotFound "not-found" NOT_FOUND
        "Not found"
        "Nothing is served at this path. Check it for a misspelling or a missing part."
    UnknownSku "unknown-sku" NOT_FOUND
        "Unknown SKU"
        "No SKU has this name. Create it with POST /inventory/init."
    UnknownReservation "unknown-reservation" NOT_FOUND
        "Unknown reservation"
        "No reservation has this id. POST /inventory/reserve makes the ids, and none is reused."
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED
        "Method not allowed"
        "The path does not support this method. The Allow header lists the supported ones."
    SkuExists "sku-exists" CONFLICT
        "SKU already exists with different settings"
        "Existing stock is never overwritten. To add or remove units, use POST /inventory/restock."
    InsufficientStock "insufficient-stock" CONFLICT
        "Not enough available stock"
        "A restock can remove only available units: neither held nor sold. The member \
         `available_quantity` says how many there are. Nothing was changed."
    LiveReservationExists "live-reservation-exists" CONFLICT
        "User already has a live reservation of another quantity"
        "A user can have one live reservation for each SKU. The member `reservation` shows it: \
         confirm it, cancel it, or repeat the request with its quantity."
    SoldOut "sold-out" CONFLICT
        "Not enough units available, and the waitlist is closed or full"
        "The available units are fewer than requested, or others wait for them, and the waitlist takes \
         nobody else. The members `available_quantity`, `waitlist_size` and `waitlist_limit` say what \
         there is. Nothing was changed. Units become available when holds expire or are cancelled."
    NotConfirmable "not-confirmable" CONFLICT
        "Reservation cannot be confirmed"
        "Only a hold can be confirmed. This reservation is on the waitlist or was cancelled."
    AlreadyConfirmed "already-confirmed" CONFLICT
        "Reservation already confirmed"
        "A confirmed reservation is a sale and cannot be cancelled."
    ReservationExpired "reservation-expired" GONE
        "Reservation expired"
        "From `expires_at` on, a hold can be neither confirmed nor cancelled, and its units go to the \
         waitlist. Make a new reservation."
    BodyTooLarge "body-too-large" PAYLOAD_TOO_LARGE
        "Body too large"
        "A body can have at most 16 KiB. Nothing was changed."
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE
        "Unsupported media type"
        "Send the body with Content-Type: application/json."
    ValidationFailed "validation-failed" UNPROCESSABLE_ENTITY
        "Validation failed"
        "The member `errors` lists each field or header that is missing, unknown, of the wrong type or \
         out of range, and what it must be. Nothing was changed."
    ExceedsTotal "exceeds-total" UNPROCESSABLE_ENTITY
        "Quantity exceeds total stock"
        "The SKU has fewer units in total than requested, so the request could never be fulfilled."
    IdempotencyKeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY
        "Idempotency key used for another request"
        "The Idempotency-Key was used on this endpoint and SKU with a different body. Use a new key for \
         each request, and the same key only to retry the same request."
    RateLimited "rate-limited" TOO_MANY_REQUESTS
        "Too many requests"
        "A rate limit is used up. Nothing was changed. Retry after the time in the Retry-After header."
    InternalError "internal-error" INTERNAL_SERVER_ERROR
        "Internal error"
        "An unexpected error was logged with the X-Request-Id of this response. A POST can be retried \
         unchanged."
    Overloaded "overloaded" SERVICE_UNAVAILABLE
        "Server overloaded"
        "The request was refused before any work and changed nothing. Retry after the time in the \
         Retry-After header."
    NotReady "not-ready" SERVICE_UNAVAILABLE
        "Not ready"
        "The service is shutting down, a part of it has stopped, or it cannot verify tokens yet since \
         it has not received the identity provider's keys. This request changed nothing: retry it, at \
         another process if there is one."
    DatabaseUnavailable "database-unavailable" SERVICE_UNAVAILABLE
        "Database unavailable"
        "The database did not answer in time. A POST may or may not have taken effect: retry it \
         unchanged, with the same Idempotency-Key, to get its outcome."
}

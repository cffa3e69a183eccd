//! Every kind of problem, with the page that explains it.

use axum::http::StatusCode;

macro_rules! problem_types {
    ($( $code:ident $name:literal $status:ident $title:literal $page:literal )+) => {
        /// The kind of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemType {
            $( #[doc = $title] $code, )+
        }

        impl ProblemType {
            /// All of them.
            pub const ALL: &[Self] = &[$( Self::$code ),+];

            /// Its name in problem documents and in the address of its page.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $( Self::$code => $name, )+ }
            }

            /// The HTTP status that it goes with.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $( Self::$code => StatusCode::$status, )+ }
            }

            /// What it is, in a few words that never change.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $( Self::$code => $title, )+ }
            }

            /// What it means and what to do, for its page.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $( Self::$code => $page, )+ }
            }
        }
    };
}

problem_types! {
    MalformedJson "malformed-json" BAD_REQUEST
        "The body is not JSON"
        "The body of the request could not be read as JSON in UTF-8, or did not come to its end within \
         10 seconds. Nothing was changed."
    Unauthenticated "unauthenticated" UNAUTHORIZED
        "Say who you are"
        "This service answers only those whom it knows. Send `Authorization: Bearer` with an API key, \
         which `fairhold keys create` makes, or with a token of the shop's identity provider. Where \
         one was sent, it is not valid, not any more, or not yet: WWW-Authenticate says more. Nothing \
         was changed."
    Forbidden "forbidden" FORBIDDEN
        "That is not for you to do"
        "The API key or token is good, but does not reach so far: a key has one of the scopes read, \
         storefront and admin, and a shopper's token stands for that shopper only. Nothing was changed."
    OpenAccessRefused "open-access-refused" FORBIDDEN
        "Nobody but this machine is served without a key"
        "The service has no API keys yet, and was not told to serve everybody, so that it answers only \
         the machine that it runs on, without a proxy between, and by the name localhost or by an \
         address. Whoever runs it makes a key with `fairhold keys create`, or sets \
         FAIRHOLD_ALLOW_OPEN_ACCESS=true to serve everybody who can reach it."
    NotFound "not-found" NOT_FOUND
        "Nothing is here"
        "The path is not one that this service knows. Look for a misspelling, or a missing part."
    UnknownSku "unknown-sku" NOT_FOUND
        "There is no such SKU"
        "The SKU was never initialized. POST /inventory/init sets one up."
    UnknownReservation "unknown-reservation" NOT_FOUND
        "There is no such reservation"
        "No reservation has this id. Ids are made by POST /inventory/reserve and never reused."
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED
        "The path does not know this method"
        "The path is served, but not with this method. The Allow header names those that it knows."
    SkuExists "sku-exists" CONFLICT
        "The SKU exists with other values"
        "The SKU was initialized with other values. Stock is never overwritten; to add some or take \
         some away, use POST /inventory/restock."
    InsufficientStock "insufficient-stock" CONFLICT
        "Less is available than was to be taken away"
        "A restock may take away only what nobody holds or has bought. Nothing was changed."
    LiveReservationExists "live-reservation-exists" CONFLICT
        "The user has a live reservation of another quantity"
        "A user waits or holds at most once for each SKU. The member `reservation` shows the live \
         one: confirm it, cancel it, or ask for the same quantity to be answered with it."
    SoldOut "sold-out" CONFLICT
        "Nothing is available and the waitlist takes nobody"
        "All stock is held or sold, and the waitlist is closed or full. Nothing was changed. Stock \
         may come back when holds expire."
    NotConfirmable "not-confirmable" CONFLICT
        "The reservation can't be confirmed"
        "Only a hold can be confirmed. This reservation still waits for stock, or was cancelled."
    AlreadyConfirmed "already-confirmed" CONFLICT
        "The reservation was confirmed"
        "A confirmed reservation is a sale and can't be cancelled here."
    ReservationExpired "reservation-expired" GONE
        "The hold is over"
        "The hold ran out: from the instant `expires_at` on it can't be confirmed or cancelled, and \
         its stock is offered on. Reserve again to get in line."
    BodyTooLarge "body-too-large" PAYLOAD_TOO_LARGE
        "The body is too large"
        "A body may have at most 16 KiB. Nothing was changed."
    UnsupportedMediaType "unsupported-media-type" UNSUPPORTED_MEDIA_TYPE
        "The body must be JSON"
        "Send the body with Content-Type: application/json."
    ValidationFailed "validation-failed" UNPROCESSABLE_ENTITY
        "Some fields are at fault"
        "The member `errors` names each field or header that is missing, unknown, of the wrong type \
         or out of range, and says what it must be. Nothing was changed."
    ExceedsTotal "exceeds-total" UNPROCESSABLE_ENTITY
        "More than there is in all"
        "The quantity is more than all units of the SKU, so the request could never be served."
    IdempotencyKeyReused "idempotency-key-reused" UNPROCESSABLE_ENTITY
        "The idempotency key stands for another request"
        "The Idempotency-Key was used on this endpoint and SKU with another body. Make a new key \
         for each request, and send the same key only to repeat the same one."
    RateLimited "rate-limited" TOO_MANY_REQUESTS
        "Too many requests"
        "The limit for this client is used up. Nothing was changed. Retry-After says when to come \
         back."
    InternalError "internal-error" INTERNAL_SERVER_ERROR
        "The service failed"
        "Something failed that should not have. It was logged with the X-Request-Id of the answer. \
         A POST may be sent again as it is."
    Overloaded "overloaded" SERVICE_UNAVAILABLE
        "Too much is waiting"
        "The service has more to do than it can. The request was refused before any work and \
         changed nothing. Retry-After says when to come back."
    NotReady "not-ready" SERVICE_UNAVAILABLE
        "No requests should be sent here now"
        "The service was told to end, a part of it has ended, or it can't judge tokens yet, since the \
         keys of the identity provider could not be had. What it has accepted is answered. This \
         request changed nothing: send it again, to another process if there is one."
    DatabaseUnavailable "database-unavailable" SERVICE_UNAVAILABLE
        "The books can't be reached"
        "The database did not answer in time. A POST may or may not have taken effect: send it \
         again as it is, with the same Idempotency-Key, to learn the outcome."
}

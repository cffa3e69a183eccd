//! What each route asks for. A route that has no row here is refused to all.

use axum::http::Method;

use super::caller::Caller;
use super::model::Scope;

/// What a caller must be to be let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Whether the service lives: anybody may ask, wherever they are.
    Vitals,
    /// Anybody who may be here at all, without a word.
    Nothing,
    /// Figures of stock and sales, which name nobody.
    Stock,
    /// Reservations, listed: a shopper's own.
    Reservations,
    /// One reservation, named by its path: a shopper's own.
    Reservation,
    /// Reserving and checkout: a shopper for themselves.
    Checkout,
    /// What is known of a user: a shopper's own.
    Behavior,
    /// The books, which name everybody, and the machine's figures.
    Books,
    /// Bringing stock in.
    Supply,
}

impl Need {
    /// Whether `caller` is let through.
    #[must_use]
    pub fn admits(self, caller: &Caller) -> bool {
        match caller {
            Caller::Anyone => matches!(self, Self::Vitals | Self::Nothing),
            Caller::User { .. } => !matches!(self, Self::Books | Self::Supply),
            Caller::Key { scope, .. } => self.admits_scope(*scope),
        }
    }

    fn admits_scope(self, scope: Scope) -> bool {
        match scope {
            Scope::Admin => true,
            Scope::Read => !matches!(self, Self::Checkout | Self::Supply),
            Scope::Storefront => !matches!(self, Self::Behavior | Self::Books | Self::Supply),
        }
    }

    /// The least scope of an API key that is let through, for whoever is refused.
    #[must_use]
    pub fn least_scope(self) -> Scope {
        let scopes = [Scope::Read, Scope::Storefront, Scope::Admin];
        let enough = scopes.into_iter().find(|scope| self.admits_scope(*scope));
        enough.unwrap_or(Scope::Admin)
    }
}

/// A row: method, path as it is routed, need.
type Row = (Method, &'static str, Need);

const fn get(path: &'static str, need: Need) -> Row {
    (Method::GET, path, need)
}

const fn post(path: &'static str, need: Need) -> Row {
    (Method::POST, path, need)
}

/// Every route.
pub const ROUTES: &[Row] = &[
    post("/inventory/reserve", Need::Checkout),
    post("/checkout/confirm", Need::Checkout),
    post("/checkout/cancel", Need::Checkout),
    get("/reservations/{reservation_id}", Need::Reservation),
    get("/live/reservations/{reservation_id}", Need::Reservation),
    get("/reservations", Need::Reservations),
    get("/inventory/{sku}", Need::Stock),
    // The SKUs that bear the names of endpoints.
    get("/inventory/init", Need::Stock),
    get("/inventory/restock", Need::Stock),
    get("/inventory/reserve", Need::Stock),
    get("/analytics/inventory", Need::Stock),
    get("/analytics/inventory/{sku}", Need::Stock),
    get("/analytics/inventory/{sku}/history", Need::Stock),
    get("/analytics/ai/inventory/{sku}", Need::Stock),
    get("/live/inventory", Need::Stock),
    get("/live/inventory/{sku}", Need::Stock),
    // It names the users who held most.
    get("/analytics/inventory/{sku}/holds", Need::Books),
    get("/inventory/{sku}/waitlist", Need::Books),
    get("/inventory/{sku}/ledger", Need::Books),
    get("/metrics", Need::Books),
    get("/users/{user_id}/behavior", Need::Behavior),
    post("/inventory/init", Need::Supply),
    post("/inventory/restock", Need::Supply),
    get("/livez", Need::Vitals),
    get("/readyz", Need::Vitals),
    get("/health", Need::Vitals),
    get("/", Need::Nothing),
    get("/static/{*file}", Need::Nothing),
    get("/problems", Need::Nothing),
    get("/problems/{code}", Need::Nothing),
    get("/openapi.json", Need::Nothing),
    get("/docs", Need::Nothing),
    get("/docs/swagger-ui-bundle.js", Need::Nothing),
    get("/docs/swagger-ui.css", Need::Nothing),
];

/// What the table says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The route asks for this.
    Needs(Need),
    /// The path has these methods, and not the one of the request.
    OtherMethods(Vec<Method>),
    /// The path has no row.
    Unknown,
}

/// Looks up what `path`, as it is routed, asks for.
#[must_use]
pub fn find(method: &Method, path: &str) -> Finding {
    // Whoever may have the body may have the head alone.
    let method = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let rows = || ROUTES.iter().filter(|(_, routed, _)| *routed == path);
    if let Some((_, _, need)) = rows().find(|(of, ..)| of == method) {
        return Finding::Needs(*need);
    }
    let mut methods = Vec::new();
    for (method, ..) in rows() {
        methods.push(method.clone());
        if *method == Method::GET {
            methods.push(Method::HEAD);
        }
    }
    if methods.is_empty() {
        Finding::Unknown
    } else {
        Finding::OtherMethods(methods)
    }
}

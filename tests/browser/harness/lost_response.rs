//! Simulates a lost response.

use super::browser::Browser;

/// The server processes the request, but the page gets a network error.
const LOSE_RESPONSE: &str = "
    const real = window.fetch;
    window.fetch = async (path, options) => {
        const response = await real(path, options);
        if (path !== arguments[0]) return response;
        window.fetch = real;
        await response.text();
        throw new TypeError('the response is lost');
    };";

impl Browser {
    /// Loses the next response to a request for this path, after the server has sent it.
    pub(crate) async fn lose_next_response(&self, path: &str) {
        self.script(LOSE_RESPONSE, &[path]).await;
    }
}

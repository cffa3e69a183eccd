//! What can befall the page of a browser.

use super::browser::Browser;

/// The server does what it is asked, and the page never hears so.
const LOSE: &str = "
    const real = window.fetch;
    window.fetch = async (path, options) => {
        const response = await real(path, options);
        if (path !== arguments[0]) return response;
        window.fetch = real;
        await response.text();
        throw new TypeError('the answer is lost');
    };";

impl Browser {
    /// Loses the next answer to a request for this path, once the server has given it.
    pub(crate) async fn loses_an_answer(&self, path: &str) {
        self.script(LOSE, &[path]).await;
    }
}

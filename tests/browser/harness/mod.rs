//! One browser test: a database, a Fairhold server on it, browsers, and checks of all of them at the end.

mod api_keys;
mod artifacts;
mod axe;
mod browser;
mod driver;
mod executables;
mod lost_response;
mod session;
mod viewport;

use std::any::type_name;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;

use fairhold_test_kit::{Fairhold, Shop, Tables, TestDatabase, assert_sound};
use futures_util::FutureExt;

pub(crate) use self::browser::Browser;
use self::driver::Driver;
use self::executables::Executables;
pub(crate) use self::viewport::Scheme;

/// Few connections, so that many tests share one PostgreSQL; a short interval, so that none waits for expiry.
const FLAGS: [&str; 4] = ["--database-connections", "6", "--sweep-interval-ms", "100"];

/// What a test uses. Fields are dropped in their order: browsers first, the database last.
pub(crate) struct BrowserTest {
    browsers: Vec<Browser>,
    driver: Driver,
    executable: PathBuf,
    /// An HTTP client that needs no browser.
    pub(crate) shop: Shop,
    pub(crate) server: Fairhold,
    database: TestDatabase,
    allowed_console_errors: Vec<&'static str>,
}

/// Runs a test if there is a browser. At the end the consoles must be free of errors, no other server
/// may have been contacted, and the audit must pass. A failed test leaves screenshots.
pub(crate) async fn run<T: AsyncFnOnce(&mut BrowserTest)>(body: T) {
    let Some(executables) = Executables::find() else {
        return;
    };
    let mut test = BrowserTest::start(executables).await;
    let outcome = AssertUnwindSafe(async {
        body(&mut test).await;
        test.assert_clean().await;
    });
    let outcome = outcome.catch_unwind().await;
    if outcome.is_err() {
        let name = name_of::<T>();
        let saved = AssertUnwindSafe(artifacts::save(&name, &test.browsers));
        let _ = saved.catch_unwind().await;
    }
    test.close_browsers().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// The path of the function around a closure, as a file name.
fn name_of<T>() -> String {
    let path = type_name::<T>().replace("::{{closure}}", "");
    let path = path.split_once("::").map_or("", |(_, path)| path);
    path.replace("::", "-")
}

impl BrowserTest {
    async fn start(executables: Executables) -> Self {
        let database = TestDatabase::create().await;
        let server = Fairhold::start(&database.url(), &FLAGS).await;
        Self {
            browsers: Vec::new(),
            driver: Driver::start(&executables).await,
            executable: executables.browser,
            shop: Shop::at(server.address()),
            server,
            database,
            allowed_console_errors: Vec::new(),
        }
    }

    /// Starts one more browser, with its own profile.
    pub(crate) async fn browser(&mut self) -> Browser {
        let name = format!("profile-{}", self.browsers.len());
        let profile = self.driver.folder.join(name);
        let browser = Browser {
            client: session::begin(self.driver.port, &self.executable, &profile).await,
            site: self.server.address().to_owned(),
        };
        self.browsers.push(browser.clone());
        browser
    }

    /// Starts one more browser and opens a page.
    pub(crate) async fn browser_at(&mut self, path: &str) -> Browser {
        let browser = self.browser().await;
        browser.open(path).await;
        browser
    }

    /// Starts the server again at the address of the previous one, which has exited.
    pub(crate) async fn restart_server(&mut self) {
        let address = self.server.address().to_owned();
        self.server = Fairhold::start_at(&address, &self.database.url(), &FLAGS).await;
    }

    /// The tables of the database.
    pub(crate) async fn tables(&self) -> Tables {
        Tables(self.database.pool().await)
    }

    /// Serves another database at another address. The test itself has to audit it.
    pub(crate) async fn serve_database(&mut self, url: &str) {
        self.server = Fairhold::start(url, &FLAGS).await;
        self.shop = Shop::at(self.server.address());
    }

    /// Allows messages with this text on the consoles.
    pub(crate) fn allow_console_error(&mut self, message: &'static str) {
        self.allowed_console_errors.push(message);
    }

    async fn assert_clean(&self) {
        let is_allowed = |line: &str| {
            let mut allowed = self.allowed_console_errors.iter();
            allowed.any(|text| line.contains(text))
        };
        for browser in &self.browsers {
            let mut errors = artifacts::console_errors(browser).await;
            errors.retain(|line| !is_allowed(line));
            assert!(errors.is_empty(), "console errors: {errors:#?}");
            let foreign = artifacts::foreign_requests(browser).await;
            assert!(foreign.is_empty(), "foreign requests: {foreign:#?}");
        }
        assert_sound(&self.database.url()).await;
    }

    /// A browser that is closed, not killed, also ends its helper processes.
    async fn close_browsers(&mut self) {
        for browser in self.browsers.drain(..) {
            let _ = browser.client.close().await;
        }
    }
}

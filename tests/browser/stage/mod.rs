//! The stage of a test: a database, a real Fairhold on it, browsers, and a look at all of it in the
//! end.

mod axe;
mod browser;
mod driver;
mod evidence;
mod keys;
mod mishaps;
mod programs;
mod session;
mod view;

use std::any::type_name;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;

use fairhold_test_kit::{Fairhold, Shop, Tables, TestDatabase, assert_sound};
use futures_util::FutureExt;

pub(crate) use self::browser::Browser;
use self::driver::Driver;
use self::programs::Programs;
pub(crate) use self::view::Scheme;

/// Few connections, so that many tests share one PostgreSQL; expiry that nobody waits for.
const FLAGS: [&str; 4] = ["--database-connections", "6", "--sweep-interval-ms", "100"];

/// What a test plays on. It ends in the order of the fields.
pub(crate) struct Stage {
    browsers: Vec<Browser>,
    driver: Driver,
    program: PathBuf,
    /// A client that needs no browser.
    pub(crate) shop: Shop,
    pub(crate) server: Fairhold,
    database: TestDatabase,
    forgiven: Vec<&'static str>,
}

/// Runs a test where there is a browser. In the end the consoles must be without complaints, no
/// other server may have been asked, and the books must be sound. A failure leaves pictures.
pub(crate) async fn play<T: AsyncFnOnce(&mut Stage)>(test: T) {
    let Some(programs) = Programs::found() else {
        return;
    };
    let mut stage = Stage::set(programs).await;
    let played = AssertUnwindSafe(async {
        test(&mut stage).await;
        stage.is_in_order().await;
    });
    let outcome = played.catch_unwind().await;
    if outcome.is_err() {
        let test = name_of::<T>();
        let evidence = AssertUnwindSafe(evidence::leave(&test, &stage.browsers));
        let _ = evidence.catch_unwind().await;
    }
    stage.clear().await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// The path of the function that a closure belongs to, as the name of a file.
fn name_of<T>() -> String {
    let path = type_name::<T>().replace("::{{closure}}", "");
    let path = path.split_once("::").map_or("", |(_, path)| path);
    path.replace("::", "-")
}

impl Stage {
    async fn set(programs: Programs) -> Self {
        let database = TestDatabase::create().await;
        let server = Fairhold::start(&database.url(), &FLAGS).await;
        Self {
            browsers: Vec::new(),
            driver: Driver::start(&programs).await,
            program: programs.browser,
            shop: Shop::at(server.address()),
            server,
            database,
            forgiven: Vec::new(),
        }
    }

    /// One more person, with a browser of their own.
    pub(crate) async fn browser(&mut self) -> Browser {
        let name = format!("profile-{}", self.browsers.len());
        let profile = self.driver.folder.join(name);
        let browser = Browser {
            client: session::begin(self.driver.port, &self.program, &profile).await,
            site: self.server.address().to_owned(),
        };
        self.browsers.push(browser.clone());
        browser
    }

    /// The same, at a page.
    pub(crate) async fn browser_at(&mut self, path: &str) -> Browser {
        let browser = self.browser().await;
        browser.open(path).await;
        browser
    }

    /// Starts the server again where the one before, which has ended, served.
    pub(crate) async fn serve_again(&mut self) {
        let address = self.server.address().to_owned();
        self.server = Fairhold::start_at(&address, &self.database.url(), &FLAGS).await;
    }

    /// The tables themselves.
    pub(crate) async fn books(&self) -> Tables {
        Tables(self.database.pool().await)
    }

    /// Serves another database, at another address; its books are for the test to audit.
    pub(crate) async fn serve_from(&mut self, url: &str) {
        self.server = Fairhold::start(url, &FLAGS).await;
        self.shop = Shop::at(self.server.address());
    }

    /// Lets the consoles complain of this.
    pub(crate) fn forgive(&mut self, complaint: &'static str) {
        self.forgiven.push(complaint);
    }

    async fn is_in_order(&self) {
        for browser in &self.browsers {
            let mut complaints = evidence::complaints(browser).await;
            complaints.retain(|line| !self.forgiven.iter().any(|known| line.contains(known)));
            assert!(complaints.is_empty(), "the console: {complaints:#?}");
            let strangers = evidence::strangers(browser).await;
            assert!(strangers.is_empty(), "it asked others: {strangers:#?}");
        }
        assert_sound(&self.database.url()).await;
    }

    /// Browsers that end by themselves take their helpers along.
    async fn clear(&mut self) {
        for browser in self.browsers.drain(..) {
            let _ = browser.client.close().await;
        }
    }
}

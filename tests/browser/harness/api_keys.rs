//! Creates and revokes API keys by command line, as an operator does.

use fairhold_test_kit::{Shop, command::run_on, eventually};

use super::BrowserTest;

impl BrowserTest {
    /// Creates the first API key, with admin scope. From then on the server requires a key; the
    /// test's own client uses this one.
    pub(crate) async fn create_first_key(&mut self) -> String {
        let key = self.create_key("office", "admin").await;
        self.shop = Shop::bearing(self.server.address(), &key);
        key
    }

    /// Creates a key, and waits until the server accepts it and refuses requests without one.
    pub(crate) async fn create_key(&self, name: &str, scope: &str) -> String {
        let arguments = ["keys", "create", "--name", name, "--scope", scope];
        let key = self.run(&arguments).await;
        let holder = Shop::bearing(self.server.address(), &key);
        responds_with(&holder, 200).await;
        responds_with(&Shop::at(self.server.address()), 401).await;
        key
    }

    /// Revokes the key of the test's own client, and waits until the server refuses it.
    pub(crate) async fn revoke_key(&self) {
        let listed = self.run(&["keys", "list"]).await;
        let line = listed.lines().find(|line| line.ends_with("office"));
        let id = line.unwrap().split_whitespace().next().unwrap();
        self.run(&["keys", "revoke", id]).await;
        responds_with(&self.shop, 401).await;
    }

    async fn run(&self, arguments: &[&str]) -> String {
        let output = run_on(&self.database.url(), arguments).await;
        assert_eq!(output.code, Some(0), "{output:?}");
        output.out.trim().to_owned()
    }
}

async fn responds_with(client: &Shop, status: u16) {
    eventually(&format!("the server responds with {status}"), async || {
        let response = client.get("/analytics/inventory").await;
        let matches = response.status == status;
        matches.then_some(()).ok_or_else(|| format!("{response:?}"))
    })
    .await;
}

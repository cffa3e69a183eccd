//! API keys, made and revoked as whoever runs a server does it.

use fairhold_test_kit::{Shop, command::run_on, eventually};

use super::Stage;

impl Stage {
    /// Makes the first API key, one that may do all. From then on the server asks everybody for a
    /// key, and the stage's own client bears this one.
    pub(crate) async fn lock(&mut self) -> String {
        let key = self.key("office", "admin").await;
        self.shop = Shop::bearing(self.server.address(), &key);
        key
    }

    /// Makes a key, and waits until the server takes it, and nobody without one.
    pub(crate) async fn key(&self, name: &str, scope: &str) -> String {
        let arguments = ["keys", "create", "--name", name, "--scope", scope];
        let key = self.run(&arguments).await;
        let holder = Shop::bearing(self.server.address(), &key);
        answers(&holder, 200).await;
        answers(&Shop::at(self.server.address()), 401).await;
        key
    }

    /// Revokes the key of the stage's own client, and waits until the server knows.
    pub(crate) async fn revoke(&self) {
        let listed = self.run(&["keys", "list"]).await;
        let line = listed.lines().find(|line| line.ends_with("office"));
        let id = line.unwrap().split_whitespace().next().unwrap();
        self.run(&["keys", "revoke", id]).await;
        answers(&self.shop, 401).await;
    }

    async fn run(&self, arguments: &[&str]) -> String {
        let ended = run_on(&self.database.url(), arguments).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.out.trim().to_owned()
    }
}

async fn answers(client: &Shop, status: u16) {
    eventually(&format!("the server answers {status}"), async || {
        let answer = client.get("/analytics/inventory").await;
        let so = answer.status == status;
        so.then_some(()).ok_or_else(|| format!("{answer:?}"))
    })
    .await;
}

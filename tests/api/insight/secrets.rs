//! The key to the model is shown to nobody but the model's server.

use std::fs::{self, File};
use std::process::Stdio;

use fairhold_test_kit::{TestDatabase, command::program};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use super::server::{Manner, ModelServer};
use crate::service::client;

/// Where the program `command` serves, and the program.
async fn serve(mut command: Command) -> (String, tokio::process::Child) {
    let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    let site = first.strip_prefix("Fairhold serves ").unwrap().to_owned();
    (site, process)
}

#[tokio::test]
async fn no_log_shows_the_key() {
    let server = ModelServer::start(Manner::Status(500)).await;
    let database = TestDatabase::create().await;
    let name = format!("fairhold-log-{}", std::process::id());
    let log = std::env::temp_dir().join(name);
    let mut command = program(&["serve", "--listen=127.0.0.1:0", "--log=trace"]);
    command
        .env("DATABASE_URL", database.url())
        .env("FAIRHOLD_AI_BASE_URL", format!("{}/v1", server.site))
        .env("FAIRHOLD_AI_MODEL", "test-model")
        .env("FAIRHOLD_AI_API_KEY", "hunter2")
        .stderr(File::create(&log).unwrap());
    let (site, mut process) = serve(command).await;
    let body = serde_json::json!({"sku": "A", "quantity": 1});
    let stocked = client().post(format!("{site}/inventory/init")).json(&body);
    assert_eq!(stocked.send().await.unwrap().status(), 201);
    let told = client().get(format!("{site}/analytics/ai/inventory/A"));
    let told = told.send().await.unwrap().text().await.unwrap();
    process.kill().await.unwrap();

    let logged = fs::read_to_string(&log).unwrap();
    fs::remove_file(log).unwrap();
    let [call] = server.calls().try_into().unwrap();
    assert_eq!(call.headers["authorization"], "Bearer hunter2");
    assert!(logged.contains("the model failed"), "{logged}");
    assert!(logged.contains("status 500"), "{logged}");
    for shown in [logged, told] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

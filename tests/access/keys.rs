//! `fairhold keys`: made, shown once, kept hashed, listed, revoked.

use fairhold_test_kit::Deployment;
use serde_json::json;
use sha2::{Digest, Sha256};

#[tokio::test]
async fn a_key_is_shown_once_and_only_its_hash_is_kept() {
    let site = Deployment::new().await;
    let key = site.key("shop", "storefront").await;
    assert!(key.starts_with("fh_") && key.len() == 46, "{key}");
    let books = site.books().await;
    let row = sqlx::query!(
        r#"select name, scope::text as "scope!", secret_sha256, to_jsonb(k)::text as "all!" from api_keys as k"#
    )
    .fetch_one(&books)
    .await
    .unwrap();
    assert_eq!(
        (row.name.as_str(), row.scope.as_str()),
        ("shop", "storefront")
    );
    assert_eq!(row.secret_sha256, Sha256::digest(&key).as_slice());
    assert!(!row.all.contains(&key[3..]), "{}", row.all);
    let listed = site.run(&["keys", "list"]).await;
    assert!(
        listed.out.contains("shop") && !listed.out.contains("fh_"),
        "{listed:?}"
    );
    assert_ne!(site.key("other", "storefront").await, key);
}

#[tokio::test]
async fn standard_output_has_the_key_and_nothing_else() {
    let site = Deployment::new().await;
    let made = site
        .run(&["keys", "create", "--name=a", "--scope=read"])
        .await;
    assert_eq!(made.out.lines().count(), 1, "{made:?}");
    assert!(!made.err.contains(made.out.trim()), "{made:?}");
    assert!(made.err.contains("never shown again"), "{made:?}");
}

#[tokio::test]
async fn the_list_shows_which_keys_are_valid() {
    let site = Deployment::new().await;
    site.key("first", "admin").await;
    site.key("second", "read").await;
    site.revoke("first").await;
    let listed = site.run(&["keys", "list"]).await;
    let lines: Vec<Vec<_>> = listed
        .out
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[0], ["ID", "SCOPE", "CREATED", "REVOKED", "NAME"]);
    assert_eq!([lines[1][1], lines[1][4]], ["admin", "first"]);
    assert!(lines[1][3].ends_with('Z'), "{listed:?}");
    assert_eq!(lines[2][1..2], ["read"]);
    assert_eq!(lines[2][3..], ["-", "second"]);
    assert_eq!(lines.len(), 3);
}

#[tokio::test]
async fn an_invalid_key_name_or_scope_is_reported() {
    let site = Deployment::new().await;
    site.key("taken", "read").await;
    site.revoke("taken").await;
    for (arguments, code, named) in [
        (&["create", "--name=taken", "--scope=read"][..], 1, "taken"),
        (&["create", "--name=two words", "--scope=read"], 2, "--name"),
        (&["create", "--name=", "--scope=read"], 2, "--name"),
        (&["create", "--name=a", "--scope=root"], 2, "--scope"),
        (&["create", "--name=a"], 2, "--scope"),
        (&["revoke", "me"], 2, "<ID>"),
        (
            &["revoke", "019aa000-0000-7000-8000-000000000000"],
            1,
            "keys list",
        ),
    ] {
        let ended = site.run(&[&["keys"], arguments].concat()).await;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(ended.err.contains(named), "{ended:?}");
        assert_eq!(ended.out, "");
    }
    let again = site.id_of("taken").await;
    let again = site.run(&["keys", "revoke", &again]).await;
    assert_eq!(again.code, Some(0), "revoked is revoked: {again:?}");
}

#[tokio::test]
async fn the_first_key_can_be_made_before_the_first_server_starts() {
    let site = Deployment::new().await;
    empty(&site).await;
    let listed = site.run(&["keys", "list"]).await;
    assert_eq!(listed.code, Some(1), "{listed:?}");
    assert!(listed.err.contains("fairhold migrate"), "{listed:?}");
    let key = site.key("first", "admin").await;
    let server = site.serve(&[]).await;
    server.stock("A", 1, &key).await;
    let body = json!({"sku": "A", "quantity": 1});
    let refused = server.post("/inventory/init", "", &body).await;
    refused.refused(401, "unauthenticated");
}

#[expect(clippy::disallowed_methods, reason = "it changes the schema, not rows")]
async fn empty(site: &Deployment) {
    let books = site.books().await;
    sqlx::raw_sql("drop schema public cascade; create schema public")
        .execute(&books)
        .await
        .unwrap();
}

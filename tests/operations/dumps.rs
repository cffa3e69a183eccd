//! Dumps: taken during a sale, restored, audited, and used for sales.

use std::fs;
use std::path::{Path, PathBuf};

use fairhold::database::embedded;
use fairhold_test_kit::{
    Fairhold, PostgresHost, Shop, Tables,
    command::{program, run},
    not_tested_without,
};
use futures_util::future::join;
use sqlx::postgres::PgPoolOptions;
use tokio::process::Command;

use crate::sale::{SKU, Sale, assert_audited};

/// What the retention job does with old reservations.
const MOVE_SOME: &str = "
    select provide_history(clock_timestamp());
    with moved as (
        delete from reservations where status = 'CANCELLED' returning *
    )
    insert into reservations_history select * from moved";

/// The version that can be downloaded.
const OTHER_MAJOR: i64 = 17;

async fn books_of(url: &str) -> Tables {
    let pool = PgPoolOptions::new().max_connections(2);
    Tables(pool.connect(url).await.unwrap())
}

/// The output of `fairhold database-url` for this data directory.
async fn database_url(folder: &Path) -> String {
    let mut command = program(&["database-url"]);
    command.env("FAIRHOLD_DATA_DIR", folder);
    let ended = run(command).await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.out.trim().to_owned()
}

async fn end(mut server: Fairhold) {
    server.terminate();
    assert_eq!(server.ended().await.code(), Some(0));
}

/// Sells with an embedded PostgreSQL in `folder`, and dumps it meanwhile.
async fn sell_and_dump(site: &PostgresHost, folder: &Path, file: &str) -> (Fairhold, Sale, usize) {
    let server = Fairhold::start_in(folder, &[]).await;
    let shop = Shop::at(server.address());
    shop.stock(SKU, 100).await;
    let url = database_url(folder).await;
    let (sale, books) = (Sale::default(), books_of(&url).await);
    let dump = async {
        sale.goes_on_for(300).await;
        books.execute(MOVE_SOME).await;
        let kept = sale.answers();
        let format = ["--format=custom", "--file", file, &url];
        let output = Command::new(site.programs.join("pg_dump"))
            .args(format)
            .output();
        let output = output.await.unwrap();
        assert!(output.status.success(), "{output:?}");
        sale.goes_on_for(100).await;
        sale.end();
        kept
    };
    let ((), kept) = join(sale.run(&shop, "sale"), dump).await;
    (server, sale, kept)
}

async fn assert_sells(server: &Fairhold, user: &str) {
    let shop = Shop::at(server.address());
    let answer = shop.reserve(SKU, user).await;
    answer.assert_status_in(&[201, 202]);
}

/// Programs of another major version than the usual ones: installed, or downloaded.
async fn programs_of_another_version(site: &PostgresHost) -> Option<PathBuf> {
    let folder = site.folder.join("other-version");
    fs::create_dir_all(folder.join(format!("data-{OTHER_MAJOR}"))).unwrap();
    let programs = embedded::options(Some(folder), None)
        .server_programs()
        .await;
    match programs {
        Ok(programs) if programs != site.programs => Some(programs),
        Ok(_) | Err(_) => {
            not_tested_without("another major version of PostgreSQL", "the move to it");
            None
        }
    }
}

#[tokio::test]
async fn a_dump_moves_the_data_to_another_major_version() {
    let Some(site) = PostgresHost::having(&["pg_dump", "pg_restore"]).await else {
        return;
    };
    let Some(other) = programs_of_another_version(&site).await else {
        return;
    };
    let folder = |name: &str| -> PathBuf { site.folder.join(name) };
    let file = folder("books.dump").display().to_string();
    let (server, sale, kept) = sell_and_dump(&site, &folder("from"), &file).await;
    end(server).await;

    let server = Fairhold::start_with(&other, &folder("to"), &[]).await;
    let url = database_url(&folder("to")).await;
    let restore = [
        "--clean",
        "--if-exists",
        "--exit-on-error",
        "--single-transaction",
    ];
    let restore = [&restore[..], &["--dbname", &url, &file]].concat();
    site.run("pg_restore", &restore).await;
    end(server).await;
    let server = Fairhold::start_with(&other, &folder("to"), &[]).await;
    let books = books_of(&url).await;
    let version = "select current_setting('server_version_num')::bigint / 10000";
    assert_eq!(books.number(version).await, OTHER_MAJOR);
    sale.assert_kept(&books, kept).await;
    assert_sells(&server, "there").await;
    assert_audited(&url, &books).await;
    drop(books);
    end(server).await;
}

#[tokio::test]
async fn a_dump_taken_during_a_sale_can_be_restored_and_audited() {
    let Some(site) = PostgresHost::having(&["pg_dump", "pg_restore"]).await else {
        return;
    };
    let folder = |name: &str| -> PathBuf { site.folder.join(name) };
    let file = folder("books.dump").display().to_string();
    let (server, sale, kept) = sell_and_dump(&site, &folder("from"), &file).await;

    // Into a new database of a running server.
    let url = database_url(&folder("from")).await;
    books_of(&url)
        .await
        .execute("create database restored")
        .await;
    let restored = url.replacen("/fairhold?", "/restored?", 1);
    site.run(
        "pg_restore",
        &[
            "--exit-on-error",
            "--single-transaction",
            "--dbname",
            &restored,
            &file,
        ],
    )
    .await;
    let books = books_of(&restored).await;
    sale.assert_kept(&books, kept).await;
    assert_audited(&restored, &books).await;
    let beside = Fairhold::start(&restored, &["--database-connections", "8"]).await;
    assert_sells(&beside, "beside").await;
    assert_audited(&restored, &books).await;
    drop(books);
    end(beside).await;
    end(server).await;

    // Into the empty database of a new data directory.
    let server = Fairhold::start_in(&folder("to"), &[]).await;
    let url = database_url(&folder("to")).await;
    site.run(
        "pg_restore",
        &[
            "--clean",
            "--if-exists",
            "--exit-on-error",
            "--single-transaction",
            "--dbname",
            &url,
            &file,
        ],
    )
    .await;
    end(server).await;
    let server = Fairhold::start_in(&folder("to"), &[]).await;
    let books = books_of(&url).await;
    sale.assert_kept(&books, kept).await;
    assert_sells(&server, "there").await;
    assert_audited(&url, &books).await;
    drop(books);
    end(server).await;
    fs::remove_file(file).unwrap();
}

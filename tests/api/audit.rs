//! `fairhold audit`: good books are proved, and every kind of corruption is found.

use sqlx::AssertSqlSafe;

use crate::command_line::run_on;
use crate::service::Service;

/// Each rule by its line in the report.
const RULES: [&str; 8] = [
    "No overselling",
    "Strict order",
    "No idle stock",
    "Expiry is exact",
    "An answer is durable",
    "Once",
    "All is recorded",
    "One transaction, one row lock",
];

/// A service with a bit of everything in its books: a sale, a hold, two who wait, an expired one.
async fn busy() -> Service {
    let service = Service::start().await;
    service.stock("A", 3).await;
    let expired = service.hold("A", "late", 1).await;
    service.pass("A", 300.0).await;
    service.until_status(&expired, "EXPIRED").await;
    let sold = service.hold("A", "buyer", 1).await;
    service.confirm(&sold).await.is(200);
    service.hold("A", "holder", 1).await;
    service.wait("A", "first", 2).await;
    service.wait("A", "second", 1).await;
    service
}

#[expect(clippy::disallowed_methods, reason = "what a corruption breaks varies")]
async fn corrupt(service: &Service, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
        .execute(&service.books)
        .await
        .expect(statements);
}

#[tokio::test]
async fn good_books_are_proved_rule_by_rule() {
    let service = busy().await;
    let audited = run_on(&service.database, "audit").await;
    assert_eq!(audited.code, Some(0), "{audited:?}");
    let lines: Vec<_> = audited.out.lines().collect();
    assert_eq!(lines.len(), RULES.len(), "{}", audited.out);
    for (number, (line, rule)) in (1..).zip(lines.into_iter().zip(RULES)) {
        assert!(line.starts_with(&format!("{number} holds ")), "{line}");
        assert!(line.contains(rule), "{line}");
        let counted = line.split_once(": ").unwrap().1;
        assert!(
            counted.contains(|c: char| c.is_ascii_digit() || c == '='),
            "{line}"
        );
    }
    service.finish().await;
}

/// Corrupts the books, and expects the audit to name this rule, and this place.
async fn assert_found(rule: &str, place: &str, break_it: &str, mend_it: &str) {
    let service = busy().await;
    corrupt(&service, break_it).await;
    let audited = run_on(&service.database, "audit").await;
    assert_eq!(audited.code, Some(1), "{audited:?}");
    let broken = format!("BROKEN  {rule}");
    let mut lines = audited.out.lines();
    assert!(lines.any(|line| line.contains(&broken)), "{}", audited.out);
    let shown = lines.next().unwrap();
    assert!(shown.starts_with("    A, "), "{shown}");
    assert!(shown.contains(place), "{}", audited.out);
    let told = audited
        .out
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    assert_eq!(told.count(), RULES.len(), "{}", audited.out);
    corrupt(&service, mend_it).await;
    service.finish().await;
}

#[tokio::test]
async fn stock_out_of_nothing_is_found() {
    assert_found(
        "All is recorded",
        "skus",
        "update skus set total_quantity = 9, available_quantity = available_quantity + 6",
        "update skus set total_quantity = 3, available_quantity = available_quantity - 6",
    )
    .await;
}

#[tokio::test]
async fn a_sale_that_the_counters_miss_is_found() {
    assert_found(
        "No overselling",
        "reservations",
        "update reservations set status = 'CONFIRMED' where user_id = 'late'",
        "update reservations set status = 'EXPIRED' where user_id = 'late'",
    )
    .await;
}

#[tokio::test]
async fn a_line_that_was_reordered_is_found() {
    assert_found(
        "Strict order",
        "reservation",
        "update reservations set sequence = 3 where user_id = 'first'",
        "update reservations set sequence = 1 where user_id = 'first'",
    )
    .await;
}

#[tokio::test]
async fn stock_that_lies_idle_is_found() {
    assert_found(
        "No idle stock",
        "waitlist sequence 1",
        "update waitlist set quantity = 1 where sequence = 1",
        "update waitlist set quantity = 2 where sequence = 1",
    )
    .await;
}

#[tokio::test]
async fn a_sale_after_the_end_is_found() {
    assert_found(
        "Expiry is exact",
        "ledger entry",
        "update reservations set expires_at = expires_at - interval '1 day' where user_id = 'buyer'",
        "update reservations set expires_at = expires_at + interval '1 day' where user_id = 'buyer'",
    )
    .await;
}

#[tokio::test]
async fn a_second_end_of_a_reservation_is_found() {
    assert_found(
        "Once",
        "reservation",
        "insert into ledger (sku, entry, kind, reservation_id, quantity, available_delta, \
         reserved_delta, sold_delta, total_delta, recorded_at) \
         select sku, 1000, kind, reservation_id, quantity, 0, -1, 1, 0, recorded_at \
         from ledger where kind = 'CONFIRMED'",
        "delete from ledger where entry = 1000",
    )
    .await;
}

#[tokio::test]
async fn a_missing_entry_is_found() {
    assert_found(
        "One transaction, one row lock",
        "ledger",
        "create table away as select * from ledger where kind = 'WAITLISTED'; \
         delete from ledger where kind = 'WAITLISTED'",
        "alter table away drop column version; \
         insert into ledger (sku, entry, kind, reservation_id, quantity, available_delta, \
         reserved_delta, sold_delta, total_delta, recorded_at, reason) select * from away",
    )
    .await;
}

#[tokio::test]
async fn books_that_a_crash_could_shorten_are_neither_proved_nor_served_from() {
    let service = busy().await;
    let options = service.database.options();
    let name = options.get_database().unwrap();
    for (setting, code) in [("off", 1), ("on", 0)] {
        let set = format!("alter database {name} set synchronous_commit = {setting}");
        corrupt(&service, &set).await;
        let audited = run_on(&service.database, "audit").await;
        assert_eq!(audited.code, Some(code), "{audited:?}");
        let told = format!(
            "An answer is durable: fsync = on, full_page_writes = on, synchronous_commit = {setting}"
        );
        assert!(audited.out.contains(&told), "{}", audited.out);
        let broken = audited.out.contains("5 BROKEN");
        assert_eq!(broken, code == 1, "{}", audited.out);
        if code == 1 {
            let served = run_on(&service.database, "serve").await;
            assert_eq!(served.code, Some(1), "{served:?}");
            assert!(
                served.err.contains("synchronous_commit = off"),
                "{served:?}"
            );
        }
    }
    service.finish().await;
}

//! `fairhold audit`: good books are proved, and every kind of corruption is found.

mod answers;
mod books;
mod forgeries;
mod history;
mod idle;
mod lengths;
mod owners;
mod servable;
mod stock;

use fairhold_test_kit::Answer;
use serde_json::json;
use sqlx::AssertSqlSafe;

use crate::command_line::run_on;
use crate::service::Service;

/// Each rule by its name in the view, and its title in the report.
const RULES: [(&str, &str); 8] = [
    ("no_overselling", "No overselling"),
    ("strict_order", "Strict order"),
    ("no_idle_stock", "No idle stock"),
    ("exact_expiry", "Expiry is exact"),
    ("durable", "An answer is durable"),
    ("once", "Once"),
    ("all_recorded", "All is recorded"),
    ("one_row_lock", "One transaction, one row lock"),
];

/// A service with a bit of everything in its books, in 17 ledger entries: `late` let a hold end,
/// `buyer` bought, `quitter` and `taker` gave holds up, `holder` holds, `lucky` was promoted,
/// `leaver` left the line, `first` and `second` wait.
/// Of the keys, `mine` made a hold, `waits` a place in the line, `more` stock, and `again` found a hold.
async fn busy() -> Service {
    let service = Service::start().await;
    service.stock("A", 4).await;
    let late = service.hold("A", "late", 1).await;
    service.pass("A", 300.0).await;
    service.until_status(&late, "EXPIRED").await;
    sell_with_a_key(&service).await;
    let quitter = service.hold("A", "quitter", 1).await;
    service.cancel(&quitter).await.is(200);
    let holder = service.hold("A", "holder", 2).await;
    let taker = service.hold("A", "taker", 1).await;
    service.wait("A", "lucky", 1).await;
    service.cancel(&taker).await.is(200);
    let leaver = service.wait("A", "leaver", 1).await;
    service.cancel(&leaver).await.is(200);
    service.wait("A", "first", 2).await;
    ask_with_a_key(&service, "waits", ("second", 1))
        .await
        .is(202);
    let again = ask_with_a_key(&service, "again", ("holder", 2)).await;
    assert_eq!(again.is(200)["reservation_id"], *holder);
    let body = json!({"sku": "A", "quantity": 1});
    let restocked = service
        .post_keyed("/inventory/restock", "more", &body)
        .await;
    restocked.is(200);
    service
}

async fn sell_with_a_key(service: &Service) {
    let held = ask_with_a_key(service, "mine", ("buyer", 1)).await;
    let held = held.is(201);
    let id = held["reservation_id"].as_str().unwrap();
    service.confirm(id).await.is(200);
}

async fn ask_with_a_key(service: &Service, key: &str, (user, units): (&str, u32)) -> Answer {
    let body = json!({"sku": "A", "user_id": user, "quantity": units});
    service.post_keyed("/inventory/reserve", key, &body).await
}

#[expect(clippy::disallowed_methods, reason = "what a corruption breaks varies")]
async fn corrupt(service: &Service, statements: &str) {
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))
        .execute(&service.books)
        .await
        .expect(statements);
}

/// Copies every table, so that [`MEND`] can bring each back.
const KEEP: &str = "
    create schema kept;
    create table kept.skus as table skus;
    create table kept.reservations as table reservations;
    create table kept.reservations_history as table reservations_history;
    create table kept.waitlist as table waitlist;
    create table kept.waitlist_parts as table waitlist_parts;
    create table kept.user_behavior as table user_behavior;
    create table kept.ledger as table ledger;
    create table kept.idempotency_keys as table idempotency_keys";

async fn keep(service: &Service) {
    corrupt(service, KEEP).await;
}

const MEND: &str = "
    do $$
    declare
        kept record;
    begin
        for kept in
            select table_name as name, string_agg(quote_ident(column_name), ', ') as columns
            from information_schema.columns
            where table_schema = 'public'
                and is_generated = 'NEVER'
                and table_name in (select tablename from pg_tables where schemaname = 'kept')
            group by table_name
        loop
            execute format('delete from %I', kept.name);
            execute format(
                'insert into %1$I (%2$s) select %2$s from kept.%1$I', kept.name, kept.columns
            );
        end loop;
    end
    $$";

/// A corruption: the rule that it breaks, the line that tells of it, and what brings it about. In
/// the line `…` stands for anything, and `<late>` for the id of that user's reservation.
type Plant<'a> = (&'static str, &'static str, &'a str);

/// Corrupts the books in each of these ways, one after the other, and expects the view and the
/// report to name rule, place, what is expected and what is found.
async fn assert_found(plants: &[Plant<'_>]) {
    let service = busy().await;
    assert_found_in(&service, plants).await;
    service.finish().await;
}

async fn assert_found_in(service: &Service, plants: &[Plant<'_>]) {
    keep(service).await;
    for (rule, line, break_it) in plants {
        let line = with_ids(service, line).await;
        corrupt(service, break_it).await;
        let told = told_by_the_view(service, rule).await;
        let named = told.iter().find(|told| fits(told, &line));
        let named = named.unwrap_or_else(|| panic!("{line} is not among {told:#?}"));
        assert_reported(service, rule, named).await;
        corrupt(service, MEND).await;
    }
}

async fn assert_sound(service: &Service) {
    for (rule, _) in RULES {
        let told = told_by_the_view(service, rule).await;
        assert_eq!(told, Vec::<String>::new(), "{rule}");
    }
}

async fn with_ids(service: &Service, line: &str) -> String {
    let rows = sqlx::query!(
        r#"
        select user_id as "user_id!", reservation_id::text as "reservation_id!"
        from every_reservation
        "#
    );
    let rows = rows.fetch_all(&service.books).await.unwrap();
    rows.iter().fold(line.to_owned(), |line, row| {
        line.replace(&format!("<{}>", row.user_id), &row.reservation_id)
    })
}

async fn told_by_the_view(service: &Service, rule: &str) -> Vec<String> {
    sqlx::query_scalar!(
        r#"
        select format('%s, %s: expected %s; found %s', sku, place, expected, found) as "line!"
        from audit_discrepancies
        where rule = $1
        "#,
        rule,
    )
    .fetch_all(&service.books)
    .await
    .unwrap()
}

/// Whether the parts of `pattern` between its `…` follow one another in `line`, from its beginning
/// to its end.
fn fits(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    for part in parts {
        let Some((_, behind)) = rest.split_once(part) else {
            return false;
        };
        rest = behind;
    }
    rest.is_empty() || pattern.ends_with('…')
}

/// Expects the report to show `named` below the line of its rule, and a line for each rule.
async fn assert_reported(service: &Service, rule: &str, named: &str) {
    let audited = run_on(&service.database, "audit").await;
    assert_eq!(audited.code, Some(1), "{audited:?}");
    let title = RULES.iter().find(|known| known.0 == rule).unwrap().1;
    let is_rule = |line: &&str| line.starts_with("PASS  ") || line.starts_with("FAIL  ");
    let told = audited.out.lines().filter(is_rule).count();
    assert_eq!(told, RULES.len(), "{}", audited.out);
    let broken = format!(" {title}: ");
    let shown = audited
        .out
        .lines()
        .skip_while(|line| !(line.starts_with("FAIL") && line.contains(&broken)));
    let mut shown = shown.skip(1).take_while(|line| !is_rule(line));
    let found = shown.any(|line| line.trim_start() == named);
    assert!(found, "{named} is not told of by {}", audited.out);
}

#[tokio::test]
async fn good_books_are_proved_rule_by_rule() {
    let service = busy().await;
    let audited = run_on(&service.database, "audit").await;
    assert_eq!(audited.code, Some(0), "{audited:?}");
    let mut lines: Vec<_> = audited.out.lines().collect();
    let summary = lines.pop().unwrap();
    assert!(
        summary.starts_with("8 of 8 rules hold; database "),
        "{summary}"
    );
    assert_eq!(lines.len(), RULES.len(), "{}", audited.out);
    for (number, (line, (_, title))) in (1..).zip(lines.into_iter().zip(RULES)) {
        assert!(line.starts_with(&format!("PASS  {number} ")), "{line}");
        assert!(line.contains(title), "{line}");
        let counted = line.split_once(": ").unwrap().1;
        assert!(
            counted.contains(|c: char| c.is_ascii_digit() || c == '='),
            "{line}"
        );
    }
    service.finish().await;
}

#[tokio::test]
async fn books_that_a_crash_could_shorten_are_neither_proved_nor_served_from() {
    let service = busy().await;
    let options = service.database.options();
    let name = options.get_database().unwrap();
    let set = |setting| format!("alter database {name} set synchronous_commit = {setting}");
    for (setting, code) in [
        ("on", 0),
        ("remote_apply", 0),
        ("remote_write", 1),
        ("off", 1),
    ] {
        corrupt(&service, &set(setting)).await;
        assert_durability(&service, setting, code).await;
    }
    for setting in ["remote_write", "local", "off"] {
        corrupt(&service, &set(setting)).await;
        let served = run_on(&service.database, "serve").await;
        assert_eq!(served.code, Some(1), "{served:?}");
        let told = format!("synchronous_commit = {setting}");
        assert!(served.err.contains(&told), "{served:?}");
    }
    service.finish().await;
}

async fn assert_durability(service: &Service, setting: &str, code: i32) {
    let audited = run_on(&service.database, "audit").await;
    assert_eq!(audited.code, Some(code), "{audited:?}");
    let told = format!(
        "An answer is durable: fsync = on, full_page_writes = on, synchronous_commit = {setting}"
    );
    assert!(audited.out.contains(&told), "{}", audited.out);
    let broken = audited.out.contains("FAIL  5 ");
    assert_eq!(broken, code == 1, "{}", audited.out);
}

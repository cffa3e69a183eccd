//! `fairhold audit`: good books are proved, and every kind of corruption is found.

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
async fn busy() -> Service {
    let service = Service::start().await;
    service.stock("A", 4).await;
    let late = service.hold("A", "late", 1).await;
    service.pass("A", 300.0).await;
    service.until_status(&late, "EXPIRED").await;
    sell_with_a_key(&service).await;
    let quitter = service.hold("A", "quitter", 1).await;
    service.cancel(&quitter).await.is(200);
    service.hold("A", "holder", 2).await;
    let taker = service.hold("A", "taker", 1).await;
    service.wait("A", "lucky", 1).await;
    service.cancel(&taker).await.is(200);
    let leaver = service.wait("A", "leaver", 1).await;
    service.cancel(&leaver).await.is(200);
    service.wait("A", "first", 2).await;
    service.wait("A", "second", 1).await;
    let body = json!({"sku": "A", "quantity": 1});
    let restocked = service
        .post_keyed("/inventory/restock", "more", &body)
        .await;
    restocked.is(200);
    service
}

async fn sell_with_a_key(service: &Service) {
    let body = json!({"sku": "A", "user_id": "buyer", "quantity": 1});
    let held = service.post_keyed("/inventory/reserve", "mine", &body);
    let held = held.await.is(201);
    let id = held["reservation_id"].as_str().unwrap();
    service.confirm(id).await.is(200);
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
    create table kept.waitlist as table waitlist;
    create table kept.user_behavior as table user_behavior;
    create table kept.ledger as table ledger;
    create table kept.idempotency_keys as table idempotency_keys";

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
type Plant = (&'static str, &'static str, &'static str);

/// Corrupts the books in each of these ways, one after the other, and expects the view and the
/// report to name rule, place, what is expected and what is found.
async fn assert_found(plants: &[Plant]) {
    let service = busy().await;
    corrupt(&service, KEEP).await;
    for (rule, line, break_it) in plants {
        let line = with_ids(&service, line).await;
        corrupt(&service, break_it).await;
        let told = told_by_the_view(&service, rule).await;
        let named = told.iter().find(|told| fits(told, &line));
        let named = named.unwrap_or_else(|| panic!("{line} is not among {told:#?}"));
        assert_reported(&service, rule, named).await;
        corrupt(&service, MEND).await;
    }
    service.finish().await;
}

async fn with_ids(service: &Service, line: &str) -> String {
    let rows = sqlx::query!("select user_id, reservation_id from reservations");
    let rows = rows.fetch_all(&service.books).await.unwrap();
    rows.iter().fold(line.to_owned(), |line, row| {
        line.replace(
            &format!("<{}>", row.user_id),
            &row.reservation_id.to_string(),
        )
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
    let is_rule = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
    let told = audited.out.lines().filter(is_rule).count();
    assert_eq!(told, RULES.len(), "{}", audited.out);
    let broken = format!("BROKEN  {title}: ");
    let shown = audited
        .out
        .lines()
        .skip_while(|line| !line.contains(&broken));
    let mut shown = shown.skip(1).take_while(|line| !is_rule(line));
    let found = shown.any(|line| line.trim_start() == named);
    assert!(found, "{named} is not told of by {}", audited.out);
}

#[tokio::test]
async fn good_books_are_proved_rule_by_rule() {
    let service = busy().await;
    let audited = run_on(&service.database, "audit").await;
    assert_eq!(audited.code, Some(0), "{audited:?}");
    let lines: Vec<_> = audited.out.lines().collect();
    assert_eq!(lines.len(), RULES.len(), "{}", audited.out);
    for (number, (line, (_, title))) in (1..).zip(lines.into_iter().zip(RULES)) {
        assert!(line.starts_with(&format!("{number} holds ")), "{line}");
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
async fn stock_that_was_sold_twice_is_found() {
    assert_found(&[
        (
            "no_overselling",
            "A, reservations: expected 3 held, 1 sold; found 3 held, 2 sold",
            "update reservations set status = 'CONFIRMED' where user_id = 'late'",
        ),
        (
            "no_overselling",
            "A, ledger entry 6: expected no negative counter, …; found -1 + 1 + 1 = 1",
            "update ledger set quantity = 1, available_delta = 1, total_delta = 1 where entry = 1; \
             update ledger set quantity = 4, available_delta = 4, total_delta = 4 where entry = 17",
        ),
        (
            "all_recorded",
            "A, skus: expected 1 available, 3 held, 1 sold, 5 in all; \
             found 7 available, 3 held, 1 sold, 11 in all",
            "update skus set total_quantity = 11, available_quantity = 7",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_line_that_was_reordered_is_found() {
    assert_found(&[
        (
            "strict_order",
            "A, reservation <first>: expected sequence 3, by the order of joining; found sequence 9",
            "update reservations set sequence = 9 where user_id = 'first'",
        ),
        (
            "strict_order",
            "A, reservation <leaver>: expected sequence 2, by the order of joining; found no sequence",
            "update reservations set sequence = null, ttl_seconds = 1, expires_at = updated_at \
             where user_id = 'leaver'",
        ),
        (
            "strict_order",
            "A, reservation <late>: expected no sequence: it never waited; found sequence 5",
            "update reservations set sequence = 5 where user_id = 'late'",
        ),
        (
            "strict_order",
            "A, reservation <lucky>: expected everyone ahead of sequence 9 was served or gone by \
             entry 12; found someone ahead of it still waited",
            "update reservations set sequence = 9 where user_id = 'lucky'",
        ),
        (
            "strict_order",
            "A, ledger entry 12: expected nobody waits when a newcomer gets stock at once; found 1 waited",
            "update ledger set kind = 'RESERVED' where kind = 'PROMOTED'",
        ),
        (
            "strict_order",
            "A, skus: expected last sequence 4: as many joined; \
             found last sequence 5, the highest used is 4",
            "update skus set last_sequence = 5",
        ),
    ])
    .await;
}

#[tokio::test]
async fn stock_that_lies_idle_is_found() {
    assert_found(&[(
        "no_idle_stock",
        "A, waitlist sequence 3: expected less than 1 available; found 1 available",
        "update waitlist set quantity = 1 where sequence = 3",
    )])
    .await;
}

#[tokio::test]
async fn a_hold_whose_end_was_moved_is_found() {
    assert_found(&[
        (
            "exact_expiry",
            "A, ledger entry 5: expected before the hold's end at …; found CONFIRMED at …",
            "update reservations set expires_at = expires_at - interval '1 day' where user_id = 'buyer'",
        ),
        (
            "exact_expiry",
            "A, ledger entry 3: expected not before the hold's end at …; found EXPIRED at …",
            "update reservations set expires_at = expires_at + interval '1 day' where user_id = 'late'",
        ),
        (
            "exact_expiry",
            "A, reservation <holder>: expected a hold from … for 300 s, until …; \
             found a hold for 300 s, until …",
            "update reservations set expires_at = expires_at + interval '1 us' where user_id = 'holder'",
        ),
        (
            "exact_expiry",
            "A, reservation <buyer>: expected a hold from … for 301 s, until …; \
             found a hold for 301 s, until …",
            "update reservations set ttl_seconds = 301 where user_id = 'buyer'",
        ),
        (
            "exact_expiry",
            "A, reservation <lucky>: expected a hold from … for 300 s, until …; \
             found a hold for 300 s, until …",
            "update reservations set ttl_seconds = 300 where user_id = 'lucky'",
        ),
        (
            "exact_expiry",
            "A, reservation <leaver>: expected no hold; found a hold for 1 s, until …",
            "update reservations set ttl_seconds = 1, expires_at = updated_at where user_id = 'leaver'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_reservation_that_lives_twice_is_found() {
    assert_found(&[
        (
            "once",
            "A, reservation <buyer>: expected one beginning, then at most one hold, then at most \
             one end; found 1 beginnings, 1 holds, 2 confirmed, 0 cancelled, 0 expired; begun in …",
            "insert into ledger (sku, entry, kind, reservation_id, quantity, available_delta, \
             reserved_delta, sold_delta, total_delta, recorded_at) \
             select sku, 1000, kind, reservation_id, quantity, 0, -1, 1, 0, recorded_at \
             from ledger where kind = 'CONFIRMED'",
        ),
        (
            "once",
            "A, reservation <buyer>: expected …; found …; begun in entry 5 and ended in 4 of 4 to 5",
            "update ledger set entry = 0 where entry = 4; \
             update ledger set entry = 4 where entry = 5; \
             update ledger set entry = 5 where entry = 0",
        ),
        (
            "once",
            "A, reservation <late>: expected one SKU; found A, B",
            "create temp table other as select * from reservations where user_id = 'late'; \
             update other set sku = 'B'; \
             insert into reservations select * from other; \
             drop table other",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_key_that_tells_of_something_else_is_found() {
    assert_found(&[
        (
            "once",
            "A, idempotency key mine of reserve: expected reservation …; found no such reservation",
            "update idempotency_keys set reservation_id = gen_random_uuid() where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key mine of reserve: expected an answer of reserve for A with <late>; \
             found an answer of reserve for A with <buyer>",
            "update idempotency_keys set reservation_id = \
             (select reservation_id from reservations where user_id = 'late') where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key mine of reserve: expected an answer of reserve for A with <buyer>; \
             found an answer of reserve for A with no reservation",
            "update idempotency_keys set outcome = outcome #- '{reservation,reservation_id}' \
             where endpoint = 'reserve'",
        ),
        (
            "once",
            "A, idempotency key more of restock: expected an answer of restock for A with no \
             reservation; found an answer of restock for B with no reservation",
            "update idempotency_keys set outcome = jsonb_set(outcome, '{inventory,sku}', '\"B\"') \
             where endpoint = 'restock'",
        ),
        (
            "once",
            "B, idempotency key more of restock: expected the SKU of the key; found no such SKU",
            "update idempotency_keys set sku = 'B' where endpoint = 'restock'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_time_that_was_changed_is_found() {
    assert_found(&[
        (
            "all_recorded",
            "A, ledger entry 1: expected INITIALIZED with 4 at …; found INITIALIZED with 4 at …",
            "update skus set created_at = created_at - interval '1 us'",
        ),
        (
            "all_recorded",
            "A, ledger entry 17: expected the latest change, at …; found RESTOCKED at …",
            "update skus set updated_at = updated_at + interval '1 us'",
        ),
        (
            "all_recorded",
            "A, reservation <late>: expected made at …, changed at …; found made at …, changed at …",
            "update reservations set created_at = created_at - interval '1 us' where user_id = 'late'",
        ),
        (
            "all_recorded",
            "A, reservation <lucky>: expected made at …, changed at …; found made at …, changed at …",
            "update reservations set updated_at = updated_at + interval '1 us' where user_id = 'lucky'",
        ),
        (
            "all_recorded",
            "A, waitlist sequence 3: expected …: 2 for first, since …; found …: 2 for first, since …",
            "update waitlist set joined_at = joined_at - interval '1 us' where sequence = 3",
        ),
        (
            "all_recorded",
            "A, user late: expected …, at last …; found …, at last …",
            "update user_behavior set weighted_at = weighted_at + interval '1 us' where user_id = 'late'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_row_that_is_missing_is_found() {
    assert_found(&[
        (
            "all_recorded",
            "A, reservation <quitter>: expected CANCELLED of 1; found no such reservation",
            "delete from reservations where user_id = 'quitter'",
        ),
        (
            "all_recorded",
            "A, reservation <quitter>: expected not in the ledger; found CANCELLED of 1",
            "delete from ledger where entry in (6, 7)",
        ),
        (
            "all_recorded",
            "A, ledger entry 1: expected INITIALIZED with 4 at …; found not in the ledger",
            "delete from ledger where entry = 1",
        ),
        (
            "all_recorded",
            "A, waitlist sequence 4: expected <second>: 1 for second, since …; found nobody waits there",
            "delete from waitlist where sequence = 4",
        ),
        (
            "all_recorded",
            "A, waitlist sequence 9: expected nobody waits there; found <second>: 1 for second, since …",
            "update waitlist set sequence = 9 where sequence = 4",
        ),
        (
            "one_row_lock",
            "A, ledger: expected entries 1 to 17; found 13 entries, 1 to 17",
            "delete from ledger where kind = 'WAITLISTED'",
        ),
        (
            "one_row_lock",
            "A, ledger: expected entries 1 to 17; found no entries",
            "delete from ledger",
        ),
    ])
    .await;
}

#[tokio::test]
async fn behaviour_that_nobody_showed_is_found() {
    assert_found(&[
        (
            "all_recorded",
            "A, user late: expected 0 confirmed, 0 cancelled, 1 expired, at last …; \
             found 0 confirmed, 1 cancelled, 1 expired, at last …",
            "update user_behavior set cancelled_count = 1 where user_id = 'late'",
        ),
        (
            "all_recorded",
            "A, user late: expected 0 confirmed, 0 cancelled, 1 expired, …; found no behaviour",
            "delete from user_behavior where user_id = 'late'",
        ),
        (
            "all_recorded",
            "A, user nobody: expected no hold ended; found 0 confirmed, 0 cancelled, 1 expired, …",
            "insert into user_behavior \
             values ('A', 'nobody', 0, 0, 1, 0, 1, clock_timestamp())",
        ),
        (
            "all_recorded",
            "A, user buyer: expected weights of at most 1 and 0.0; found weights of 1.01 and 0",
            "update user_behavior set confirmed_weight = 1.01 where user_id = 'buyer'",
        ),
        (
            "all_recorded",
            "A, user quitter: expected weights of at most 0 and 0.5; found weights of 0 and 0.6",
            "update user_behavior set abandoned_weight = 0.6 where user_id = 'quitter'",
        ),
    ])
    .await;
}

#[tokio::test]
async fn rows_of_a_sku_that_is_not_there_are_found() {
    assert_found(&[
        (
            "all_recorded",
            "B, ledger: expected the SKU of these rows; found no such SKU",
            "update ledger set sku = 'B' where entry = 5",
        ),
        (
            "all_recorded",
            "B, reservations: expected the SKU of these rows; found no such SKU",
            "update reservations set sku = 'B' where user_id = 'late'",
        ),
        (
            "all_recorded",
            "B, waitlist: expected the SKU of these rows; found no such SKU",
            "update waitlist set sku = 'B' where sequence = 4",
        ),
        (
            "all_recorded",
            "B, user_behavior: expected the SKU of these rows; found no such SKU",
            "update user_behavior set sku = 'B' where user_id = 'late'",
        ),
        (
            "all_recorded",
            "A, ledger: expected the SKU of these rows; found no such SKU",
            "delete from skus",
        ),
    ])
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
        assert_durability(&service, setting, code).await;
    }
    corrupt(
        &service,
        &format!("alter database {name} set synchronous_commit = off"),
    )
    .await;
    let served = run_on(&service.database, "serve").await;
    assert_eq!(served.code, Some(1), "{served:?}");
    let told = served.err.contains("synchronous_commit = off");
    assert!(told, "{served:?}");
    service.finish().await;
}

async fn assert_durability(service: &Service, setting: &str, code: i32) {
    let audited = run_on(&service.database, "audit").await;
    assert_eq!(audited.code, Some(code), "{audited:?}");
    let told = format!(
        "An answer is durable: fsync = on, full_page_writes = on, synchronous_commit = {setting}"
    );
    assert!(audited.out.contains(&told), "{}", audited.out);
    let broken = audited.out.contains("5 BROKEN");
    assert_eq!(broken, code == 1, "{}", audited.out);
}

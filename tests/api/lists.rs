//! Lists: `limit`, `cursor`, filters and orders.

use serde_json::{Value, json};

use crate::service::{Service, strings};

/// All pages of a list, each with at most `limit` items.
async fn pages(service: &Service, path: &str, limit: usize) -> Vec<Value> {
    let joint = if path.contains('?') { '&' } else { '?' };
    let first = format!("{path}{joint}limit={limit}");
    let mut pages = vec![service.get(&first).await.is(200)];
    while let Some(cursor) = pages.last().unwrap()["next_cursor"].as_str() {
        let next = format!("{first}&cursor={cursor}");
        let page = service.get(&next).await.is(200);
        pages.push(page);
        assert!(pages.len() < 50, "the list of {path} does not end");
    }
    pages
}

/// One member of each item of all pages; no page but the last is smaller than `limit`.
async fn listed(service: &Service, path: &str, limit: usize, member: &str) -> Vec<String> {
    let pages = pages(service, path, limit).await;
    let (last, full) = pages.split_last().unwrap();
    for page in full {
        assert_eq!(page["items"].as_array().unwrap().len(), limit, "{path}");
    }
    assert!(last["items"].as_array().unwrap().len() <= limit, "{path}");
    let all = pages.iter().map(|page| strings(&page["items"], member));
    all.flatten().collect()
}

#[tokio::test]
async fn reservations_come_newest_first_page_by_page() {
    let service = Service::start().await;
    service.stock("A", 9).await;
    let mut made = Vec::new();
    for number in 0..7 {
        made.push(service.hold("A", &format!("user{number}"), 1).await);
    }
    made.reverse();
    for limit in [1, 2, 3, 7, 200] {
        let found = listed(&service, "/reservations", limit, "reservation_id").await;
        assert_eq!(found, made, "{limit} a page");
    }
    service.finish().await;
}

#[tokio::test]
async fn later_reservations_do_not_move_a_page() {
    let service = Service::start().await;
    service.stock("A", 9).await;
    let old = service.hold("A", "old", 1).await;
    service.hold("A", "middle", 1).await;
    service.hold("A", "new", 1).await;
    let first = service.get("/reservations?limit=2").await.is(200);
    service.hold("A", "newest", 1).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/reservations?limit=2&cursor={cursor}");
    let second = service.get(&path).await.is(200);
    assert_eq!(strings(&second["items"], "reservation_id"), [old]);
    assert_eq!(second["next_cursor"], json!(null));
    service.finish().await;
}

#[tokio::test]
async fn filters_narrow_the_list_together() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    service.stock("B", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let waiting = service.wait("A", "userB", 1).await;
    let sold = service.hold("B", "userA", 1).await;
    service.confirm(&sold).await.is(200);
    for (query, expected) in [
        ("sku=A", vec![&waiting, &held]),
        ("sku=B", vec![&sold]),
        ("sku=none", vec![]),
        ("user_id=userA", vec![&sold, &held]),
        ("user_id=nobody", vec![]),
        ("status=CONFIRMED", vec![&sold]),
        ("status=WAITLISTED", vec![&waiting]),
        ("status=EXPIRED", vec![]),
        ("sku=A&user_id=userA", vec![&held]),
        ("sku=A&user_id=userA&status=RESERVED", vec![&held]),
        ("sku=A&user_id=userA&status=CANCELLED", vec![]),
    ] {
        let path = format!("/reservations?{query}");
        let found = listed(&service, &path, 1, "reservation_id").await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let page = service.get("/reservations?status=WAITLISTED").await.is(200);
    assert_eq!(page["items"], json!([service.reservation(&waiting).await]));
    service.finish().await;
}

#[tokio::test]
async fn the_waitlist_comes_in_the_order_in_which_it_is_served() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let empty = service.get("/inventory/A/waitlist").await.is(200);
    assert_eq!(empty, json!({"items": [], "next_cursor": null}));
    service.hold("A", "holder", 1).await;
    let mut waiting = Vec::new();
    for user in ["a", "b", "c", "d", "e"] {
        waiting.push(service.wait("A", user, 1).await);
    }
    service.cancel(&waiting.remove(1)).await.is(200);
    for limit in [1, 3, 4, 50] {
        let path = "/inventory/A/waitlist";
        let found = listed(&service, path, limit, "reservation_id").await;
        assert_eq!(found, waiting, "{limit} a page");
        let pages = pages(&service, path, limit).await;
        let items = pages
            .iter()
            .flat_map(|page| page["items"].as_array().unwrap());
        for (item, (sequence, position)) in items.zip([(1, 1), (3, 2), (4, 3), (5, 4)]) {
            let place = json!({"sequence": sequence, "position": position, "servable": true});
            assert_eq!(item["waitlist"], place);
            let id = item["reservation_id"].as_str().unwrap();
            assert_eq!(*item, service.reservation(id).await);
        }
    }
    service.finish().await;
}

#[tokio::test]
async fn skus_are_listed_by_name_and_fifty_at_a_time() {
    let service = Service::start().await;
    let mut names: Vec<_> = (0..53).map(|n| format!("sku-{n}")).collect();
    for name in &names {
        service.stock(name, 1).await;
    }
    names.sort();
    let page = service.get("/analytics/inventory").await.is(200);
    assert_eq!(strings(&page["items"], "sku"), names[..50]);
    let found = listed(&service, "/analytics/inventory", 20, "sku").await;
    assert_eq!(found, names);
    service.finish().await;
}

#[tokio::test]
async fn a_list_refuses_unknown_parameters() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let odd = [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=-1",
        "limit=",
        "limit=1.5",
    ];
    for path in [
        "/reservations",
        "/analytics/inventory",
        "/inventory/A/waitlist",
        "/inventory/A/ledger",
    ] {
        for query in odd {
            service
                .get(&format!("{path}?{query}"))
                .await
                .at_fault(&["limit"]);
        }
        for cursor in ["x", "", "%00", "Zm9vIGJhcg", "LTE!", "%ff"] {
            let query = format!("{path}?cursor={cursor}");
            service.get(&query).await.at_fault(&["cursor"]);
        }
        let query = format!("{path}?page=2&limit=0");
        service.get(&query).await.at_fault(&["limit", "page"]);
        let twice = format!("{path}?limit=1&limit=2");
        service.get(&twice).await.at_fault(&["limit"]);
        service.get(&format!("{path}?limit=1")).await.is(200);
        service.get(&format!("{path}?limit=200")).await.is(200);
    }
    let wrong = "/reservations?sku=a%20b&user_id=%20&status=reserved";
    service
        .get(wrong)
        .await
        .at_fault(&["sku", "status", "user_id"]);
    service.finish().await;
}

#[tokio::test]
async fn an_empty_filter_filters_nothing() {
    let service = Service::start().await;
    service.stock("A", 1).await;
    let held = service.hold("A", "userA", 1).await;
    let path = "/reservations?sku=&user_id=&status=";
    let all = service.get(path).await.is(200);
    assert_eq!(strings(&all["items"], "reservation_id"), [held]);
    service.finish().await;
}

#[tokio::test]
async fn the_ledger_can_be_read_from_either_end() {
    let service = Service::start().await;
    service.stock("A", 9).await;
    for number in 0..6 {
        service.hold("A", &format!("user{number}"), 1).await;
    }
    let entries = async |order: &str, limit| {
        let path = format!("/inventory/A/ledger?order={order}");
        let pages = pages(&service, &path, limit).await;
        let each = pages
            .iter()
            .flat_map(|page| page["items"].as_array().unwrap());
        each.map(|entry| entry["entry"].as_i64().unwrap())
            .collect::<Vec<_>>()
    };
    for limit in [1, 3, 7, 200] {
        assert_eq!(entries("oldest", limit).await, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(entries("newest", limit).await, [7, 6, 5, 4, 3, 2, 1]);
    }
    let path = "/inventory/A/ledger?order=any";
    service.get(path).await.at_fault(&["order"]);
    let path = "/inventory/none/ledger?order=newest";
    service.get(path).await.refused(404, "unknown-sku");
    service.finish().await;
}

//! One message or meeting over HTTP.

use axum::http::StatusCode;
use sync_api::RecordType;

use crate::client::Service;
use crate::scripted_engine::Mood;

const ITEMS: &str = "/api/v1/items";

#[tokio::test]
async fn an_item_is_read_by_its_id_with_and_without_brackets() {
    let service = Service::new();
    for id in ["1@example.com", "1%40example.com", "%3C1@example.com%3E"] {
        let answer = service.get(&format!("{ITEMS}/{id}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{id}");
        let item = answer.json();
        assert_eq!((&item["name"], &item["state"]), (&"Lunch".into(), &"archived".into()));
        assert_eq!(item["issue"], "i-1");
    }
    let queries = service.engine.item_queries.lock().unwrap();
    assert!(queries.iter().all(|query| query.id == "1@example.com" && query.record_type.is_none()));
}

#[tokio::test]
async fn ids_of_every_kind_reach_the_engine_as_they_are() {
    let service = Service::new();
    let long = "x".repeat(998);
    for (path, id) in [
        ("a%2Fb%3Fc%23d", "a/b?c#d"),
        ("%C3%BCid", "üid"),
        ("040000008200E00074C5B7101A82E008", "040000008200E00074C5B7101A82E008"),
        (&long, long.as_str()),
    ] {
        let answer = service.get(&format!("{ITEMS}/{path}")).await;
        assert_eq!(answer.problem(), "item_not_found", "{path}");
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(service.engine.item_queries.lock().unwrap().pop().unwrap().id, id);
    }
}

#[tokio::test]
async fn what_cannot_be_an_id_is_refused_before_the_engine_is_asked() {
    let service = Service::new();
    let long = "x".repeat(999);
    for path in ["%20", "%3C%3E", "a%0Ab", "a%00", "%FF", &long] {
        let answer = service.get(&format!("{ITEMS}/{path}")).await;
        assert_eq!(answer.problem(), "bad_item_id", "{path}");
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    let endless = "x".repeat(9_000);
    assert_eq!(service.get(&format!("{ITEMS}/{endless}")).await.problem(), "uri_too_long");
    assert!(service.engine.item_queries.lock().unwrap().is_empty());
    assert_eq!(service.get(&format!("{ITEMS}/")).await.problem(), "not_found");
}

#[tokio::test]
async fn a_type_is_one_that_an_item_can_have() {
    let service = Service::new();
    let path = format!("{ITEMS}/1@example.com");
    assert_eq!(service.get(&format!("{path}?type=email")).await.status, StatusCode::OK);
    assert_eq!(service.get(&format!("{path}?type=event")).await.problem(), "item_not_found");
    let last = service.engine.item_queries.lock().unwrap().pop();
    assert_eq!(last.unwrap().record_type, Some(RecordType::Event));
    for query in ["type=contact", "type=boat", "type=", "kind=email"] {
        assert_eq!(service.get(&format!("{path}?{query}")).await.problem(), "bad_query", "{query}");
    }
}

#[tokio::test]
async fn an_item_that_has_not_changed_is_not_sent_again() {
    let service = Service::new();
    let path = format!("{ITEMS}/1@example.com");
    let tag = service.get(&path).await.header("etag").to_owned();
    let again = service.request("GET", &path, &[("if-none-match", &tag)]);
    assert_eq!(service.send(again).await.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn an_engine_that_fails_is_not_taken_for_one_that_knows_nothing() {
    let service = Service::new();
    service.engine.set(Mood::Faults);
    let answer = service.get(&format!("{ITEMS}/1@example.com")).await;
    assert_eq!(answer.problem(), "engine_fault");
    assert!(!String::from_utf8_lossy(&answer.body).contains("secret"));
}

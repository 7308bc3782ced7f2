//! Issues, records, activity and the support report over HTTP.

use axum::http::StatusCode;
use sync_api::{IssueState, RecordType, RetryRequest};
use sync_service::engine::Refusal;

use crate::client::Service;
use crate::scripted_engine::{Mood, issue, summary};

const ISSUES: &str = "/api/v1/issues";
const RETRY: &str = "/api/v1/issues/retry";

fn with_issues() -> Service {
    let service = Service::new();
    *service.engine.issue_list.lock().unwrap() =
        vec![issue("i-1", "Ana"), issue("i-2", "=HYPERLINK(\"x\")"), issue("i-3", "B, \"C\"")];
    service
}

#[tokio::test]
async fn the_filters_reach_the_engine() {
    let service = with_issues();
    let path = format!(
        "{ISSUES}?type=contact&direction=to_crm&severity=moderate&state=muted&cause=A%3AB&code=A&q=x%25&limit=7"
    );
    assert_eq!(service.get(&path).await.status, StatusCode::OK);
    let query = service.engine.issue_queries.lock().unwrap().remove(0);
    assert_eq!(query.record_type, Some(RecordType::Contact));
    assert_eq!(query.state, Some(IssueState::Muted));
    assert_eq!(query.cause.as_deref(), Some("A:B"));
    assert_eq!(query.text.as_deref(), Some("x%"));
    assert_eq!(query.page.limit, 7);
}

#[tokio::test]
async fn a_query_that_does_not_fit_is_refused() {
    let service = with_issues();
    let long = format!("q={}", "x".repeat(201));
    for query in [
        "type=boat",
        "direction=up",
        "severity=9",
        "state=gone",
        "limit=0",
        "limit=201",
        "colour=red",
        &long,
    ] {
        let answer = service.get(&format!("{ISSUES}?{query}")).await;
        assert_eq!(answer.problem(), "bad_query", "{query}");
    }
    assert_eq!(service.get(&format!("{ISSUES}?cursor=nobody's")).await.problem(), "bad_cursor");
}

#[tokio::test]
async fn one_issue_is_read_and_an_unknown_one_is_said_to_be() {
    let service = with_issues();
    let answer = service.get("/api/v1/issues/i-1").await;
    assert_eq!(answer.json()["name"], "Ana");
    assert!(!answer.header("etag").is_empty());
    for id in ["i-9", "%20", "a%2Fb"] {
        assert_eq!(service.get(&format!("{ISSUES}/{id}")).await.problem(), "issue_not_found");
    }
}

#[tokio::test]
async fn retries_are_taken_one_by_one_by_cause_or_all() {
    let service = with_issues();
    for (key, body) in [
        ("a", r#"{"issues":["i-1","i-2"]}"#),
        ("b", r#"{"cause":"REQUIRED_FIELD_MISSING:LastName"}"#),
        ("c", r#"{"all":true}"#),
        ("c", r#"{"all":true}"#),
    ] {
        let answer = service.command(RETRY, key, body).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{body}");
        assert_eq!(answer.json()["id"], "s-9");
    }
    let retried = service.engine.retried.lock().unwrap();
    assert_eq!(retried.len(), 3, "the same key twice is one retry");
    assert_eq!(retried[2], RetryRequest::All(true));
}

#[tokio::test]
async fn a_retry_that_does_not_fit_is_refused() {
    let service = with_issues();
    let many = format!(r#"{{"issues":[{}]}}"#, vec![r#""i-1""#; 201].join(","));
    for body in [
        r#"{"issues":[]}"#,
        r#"{"issues":["a/b"]}"#,
        r#"{"cause":""}"#,
        r#"{"all":false}"#,
        r#"{"all":true,"cause":"x"}"#,
        "{}",
        "[]",
        "null",
        &many,
    ] {
        assert_eq!(service.command(RETRY, "k", body).await.problem(), "bad_body", "{body}");
    }
    assert_eq!(service.command(RETRY, "k", "{").await.problem(), "bad_json");
    assert_eq!(service.engine.commands(), 0);
    service.engine.set(Mood::Refuses(|| Refusal::NothingToRetry));
    assert_eq!(service.command(RETRY, "k", r#"{"all":true}"#).await.problem(), "nothing_to_retry");
}

#[tokio::test]
async fn an_issue_is_muted_and_heard_of_again() {
    let service = with_issues();
    let muted = service.command("/api/v1/issues/i-1/mute", "a", "").await;
    assert_eq!((muted.status, muted.json()["state"].clone()), (StatusCode::OK, "muted".into()));
    let heard = service.command("/api/v1/issues/i-1/unmute", "b", "").await;
    assert_eq!(heard.json()["state"], "open");
    let unknown = service.command("/api/v1/issues/i-9/mute", "c", "").await;
    assert_eq!(unknown.problem(), "issue_not_found");
}

#[tokio::test]
async fn a_session_is_cancelled_if_it_is_there_and_runs() {
    let service = Service::new();
    service.engine.sessions.lock().unwrap().push(summary("s-1"));
    let answer = service.command("/api/v1/sessions/s-1/cancel", "a", "").await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let unknown = service.command("/api/v1/sessions/s-7/cancel", "b", "").await;
    assert_eq!(unknown.problem(), "session_not_found");
    service.engine.set(Mood::Refuses(|| Refusal::NotRunning));
    let ended = service.command("/api/v1/sessions/s-1/cancel", "c", "").await;
    assert_eq!(ended.problem(), "not_running");
}

#[tokio::test]
async fn a_sessions_records_are_listed() {
    let service = Service::new();
    service.engine.sessions.lock().unwrap().push(summary("s-1"));
    let path = "/api/v1/sessions/s-1/records";
    assert_eq!(service.get(&format!("{path}?outcome=failed")).await.status, StatusCode::OK);
    assert_eq!(service.get(&format!("{path}?outcome=created")).await.problem(), "bad_query");
    assert_eq!(service.get(&format!("{path}?cursor=nobody's")).await.problem(), "bad_cursor");
    let unknown = service.get("/api/v1/sessions/s-7/records").await;
    assert_eq!(unknown.problem(), "session_not_found");
}

#[tokio::test]
async fn issues_go_out_as_csv_that_no_spreadsheet_calculates() {
    let service = with_issues();
    let request =
        service.request("GET", "/api/v1/issues/export?state=open", &[("accept", "text/csv")]);
    let answer = service.send(request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").starts_with("text/csv"));
    assert!(answer.header("content-disposition").contains("issues.csv"));
    let text = String::from_utf8(answer.body).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines[0].starts_with("id,type,name,"));
    assert!(lines[1].starts_with("i-1,contact,Ana,to_crm,created,moderate,open,"));
    assert!(lines[2].starts_with(r#"i-2,contact,"'=HYPERLINK(""x"")","#), "{}", lines[2]);
    assert!(lines[3].starts_with(r#"i-3,contact,"B, ""C""","#));
    assert_eq!(lines[4], "");
    assert_eq!(service.engine.issue_queries.lock().unwrap().len(), 3, "page by page");

    let request =
        service.request("GET", "/api/v1/issues/export", &[("accept", "application/json")]);
    assert_eq!(service.send(request).await.problem(), "not_acceptable");
    service.engine.set(Mood::Faults);
    let request = service.request("GET", "/api/v1/issues/export", &[]);
    assert_eq!(service.send(request).await.problem(), "engine_fault");
}

#[tokio::test]
async fn records_activity_and_the_report_are_read() {
    let service = Service::new();
    let record = service.get("/api/v1/records/crm/i-1").await;
    assert_eq!(record.json()["fields"][0]["name"], "Phone");
    for path in ["email/i-1", "crm/i-2", "moon/i-1", "crm/%20"] {
        let answer = service.get(&format!("/api/v1/records/{path}")).await;
        assert_eq!(answer.problem(), "record_not_found", "{path}");
    }
    let activity = service.get("/api/v1/activity?limit=5").await;
    assert_eq!(activity.json()["items"][0]["action"], "disabled");
    assert_eq!(service.get("/api/v1/activity?limit=500").await.problem(), "bad_query");
    assert_eq!(service.get("/api/v1/activity?cursor=x").await.problem(), "bad_cursor");
    assert_eq!(service.get("/api/v1/support-report").await.status, StatusCode::OK);
    let causes = service.get("/api/v1/issues/causes").await;
    assert_eq!(causes.json()["clear_since"], "1970-01-01T00:00:00.000Z");
    service.engine.set(Mood::Faults);
    for path in
        ["activity", "support-report", "issues", "issues/causes", "issues/i-1", "records/crm/i-1"]
    {
        assert_eq!(
            service.get(&format!("/api/v1/{path}")).await.problem(),
            "engine_fault",
            "{path}"
        );
    }
}

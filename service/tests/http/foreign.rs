//! Requests of other sites and under other names.

use axum::http::StatusCode;

use crate::client::Service;

#[tokio::test]
async fn another_host_is_refused_before_anything_else() {
    let service = Service::new();
    for path in ["/", "/api/v1/sync", "/api/v1/nothing", &format!("/{}", "x".repeat(9000))] {
        for host in ["evil.example", "127.0.0.1:81", "evil.example:8080"] {
            let request = service.request("GET", path, &[("host", host)]);
            let answer = service.send(request).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
            assert_eq!(answer.problem(), "wrong_host");
        }
    }
}

#[tokio::test]
async fn another_site_commands_nothing() {
    let service = Service::new();
    let foreign = [
        [("origin", "https://evil.example"), ("idempotency-key", "a")],
        [("origin", "null"), ("idempotency-key", "a")],
        [("origin", "http://127.0.0.1:3000"), ("idempotency-key", "a")],
        [("sec-fetch-site", "cross-site"), ("idempotency-key", "a")],
        [("sec-fetch-site", "same-site"), ("idempotency-key", "a")],
    ];
    for headers in foreign {
        for (method, path) in
            [("POST", "/api/v1/sync/force"), ("POST", "/api/v1/session"), ("GET", "/api/v1/sync")]
        {
            let answer = service.send(service.request(method, path, &headers)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
            assert_eq!(answer.problem(), "wrong_origin");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
    }
    assert_eq!(service.engine.commands(), 0);

    let own = [
        ("origin", "http://localhost:8080"),
        ("sec-fetch-site", "cross-site"),
        ("idempotency-key", "a"),
    ];
    let answer = service.send(service.request("POST", "/api/v1/sync/force", &own)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
}

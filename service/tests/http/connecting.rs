//! Every way through the demo sign-in, and what it does to the connections and the engine.

use serde_json::{Value, json};
use sync_service::engine::{Engine, EngineEvent};

use crate::desk::{Desk, MINUTE, next};

const REFRESH: &str = r#"{"intent":"refresh"}"#;
const CHANGE: &str = r#"{"intent":"change"}"#;

#[tokio::test]
async fn a_new_service_is_connected_and_works_without_a_sign_in() {
    let desk = Desk::open().await;
    let all = desk.get("/connections").await;
    assert_eq!(all["next_cursor"], Value::Null);
    let crm = &all["items"][0];
    for (field, expected) in [
        ("side", json!("crm")),
        ("kind", json!("local_database")),
        ("account", json!("robin@example.com")),
        ("access", json!("own")),
        ("status", json!("connected")),
        ("cause", Value::Null),
        ("can_refresh", json!(true)),
        ("can_change", json!(true)),
        ("sign_in", json!("browser")),
        ("authorization", Value::Null),
        ("demo", json!(true)),
    ] {
        assert_eq!(crm[field], expected, "{field}");
    }
    let kinds = |connection: &Value| -> Vec<String> {
        let offers = connection["change_to"].as_array().unwrap();
        offers.iter().map(|offer| offer["kind"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        kinds(crm),
        ["salesforce", "salesforce_sandbox", "salesforce_custom", "local_database"]
    );
    assert_eq!(crm["change_to"][2]["needs_domain"], true);
    let email = &all["items"][1];
    assert_eq!(kinds(email), ["office365", "exchange", "gmail", "local_folder"]);
    assert_eq!(email["change_to"][1]["sign_in"], "password");
    assert_eq!(email["change_to"][1]["notice"]["code"], "ews_ends");
    let me = desk.get("/me").await;
    assert!(me["capabilities"].as_array().unwrap().contains(&json!("connections")));
    let last = desk.get("/sessions/last").await;
    assert_eq!(last["summary"]["outcome"], "succeeded");
    for side in ["crm", "email"] {
        assert_eq!(desk.check(side).await["status"], "connected");
    }
    desk.stop().await;
}

#[tokio::test]
async fn refreshing_keeps_the_account() {
    let desk = Desk::open().await;
    let before = desk.connection("crm").await;
    desk.world.clock.advance(MINUTE);
    let authorization = desk.authorize("crm", REFRESH).await;
    assert_eq!(authorization["expected_account"], "robin@example.com");
    assert_eq!(desk.connection("crm").await["authorization"], authorization["id"]);

    let done = desk.sign_in(&authorization, "demo-own").await;
    assert_eq!(done.status, 200);
    assert!(done.text.contains("The CRM is connected"), "{}", done.text);
    let ended = desk.outcome(&authorization).await;
    assert_eq!(ended["status"], "succeeded");
    assert_eq!(ended["account"], "robin@example.com");
    assert_eq!(ended["url"], Value::Null);
    let after = desk.connection("crm").await;
    assert_eq!(after["account"], before["account"]);
    assert_eq!(after["since"], before["since"], "it was never away");
    assert_eq!(after["authorization"], Value::Null);
    let activity = desk.get("/activity").await;
    assert_eq!(activity["items"][0]["action"], "reconnected");
    assert_eq!(activity["items"][0]["actor"], "person");
    desk.stop().await;
}

#[tokio::test]
async fn changing_takes_another_account_and_gives_the_old_access_back() {
    let desk = Desk::open().await;
    let mut events = desk.engine.subscribe();
    let authorization = desk.authorize("email", CHANGE).await;
    assert_eq!(authorization["expected_account"], Value::Null);
    desk.sign_in(&authorization, "demo-other").await;
    assert_eq!(desk.outcome(&authorization).await["status"], "succeeded");
    let email = desk.connection("email").await;
    assert_eq!(email["account"], "noor.castellan@example.com");
    assert_eq!(email["status"], "connected");
    let told = next(&mut events, |event| match event {
        EngineEvent::Connection(connection) if connection.authorization.is_none() => {
            Some(connection)
        }
        _ => None,
    });
    assert_eq!(told.await.account.as_deref(), Some("noor.castellan@example.com"));
    let given_back = desk.count(
        "SELECT count(*) FROM demo_grant WHERE kind = 'local_folder' AND account = 'demo-own'
         AND ended_by = 'revoked'",
    );
    assert_eq!(given_back.await, 1);
    assert_eq!(desk.check("email").await["status"], "connected");
    assert_eq!(desk.get("/activity").await["items"][0]["action"], "connection_changed");
    desk.stop().await;
}

#[tokio::test]
async fn changing_takes_another_kind() {
    let desk = Desk::open().await;
    for (side, body, kind) in [
        ("crm", r#"{"intent":"change","kind":"salesforce"}"#, "salesforce"),
        (
            "crm",
            r#"{"intent":"change","kind":"salesforce_custom","domain":"Acme.my.site.com"}"#,
            "salesforce_custom",
        ),
        ("email", r#"{"intent":"change","kind":"gmail"}"#, "gmail"),
    ] {
        let authorization = desk.authorize(side, body).await;
        desk.sign_in(&authorization, "demo-own").await;
        assert_eq!(desk.outcome(&authorization).await["status"], "succeeded");
        let connection = desk.connection(side).await;
        assert_eq!(connection["kind"], kind);
        assert_eq!(connection["demo"], true);
        assert_eq!(desk.check(side).await["status"], "connected", "{kind}");
    }
    assert_eq!(desk.connection("crm").await["domain"], "acme.my.site.com");
    // A refresh remembers the domain.
    let authorization = desk.authorize("crm", REFRESH).await;
    assert_eq!(authorization["domain"], "acme.my.site.com");
    desk.stop().await;
}

#[tokio::test]
async fn refusing_changes_nothing() {
    let desk = Desk::open().await;
    let before = desk.connection("crm").await;
    let authorization = desk.authorize("crm", CHANGE).await;
    let back = desk.decide(&authorization, "demo-other", "refuse", "until_revoked").await;
    let done = desk.open_page(back).await;
    assert!(done.text.contains("Nothing was allowed"), "{}", done.text);
    let ended = desk.outcome(&authorization).await;
    assert_eq!(ended["status"], "refused");
    assert_eq!(ended["cause"]["code"], "access_denied");
    assert_eq!(ended["cause"]["next_step"], "retry");
    let mut after = desk.connection("crm").await;
    after["checked_at"] = before["checked_at"].clone();
    assert_eq!(after, before);
    desk.stop().await;
}

#[tokio::test]
async fn somebody_else_is_not_taken_when_the_same_account_is_wanted() {
    let desk = Desk::open().await;
    let authorization = desk.authorize("crm", REFRESH).await;
    let done = desk.sign_in(&authorization, "demo-other").await;
    assert!(done.text.contains("somebody else"), "{}", done.text);
    let ended = desk.outcome(&authorization).await;
    assert_eq!(ended["status"], "wrong_account");
    assert_eq!(ended["account"], "noor.castellan@example.com");
    assert_eq!(ended["expected_account"], "robin@example.com");
    assert!(ended["cause"]["detail"].as_str().unwrap().contains("robin@example.com"));
    assert_eq!(desk.connection("crm").await["account"], "robin@example.com");
    let kept = desk
        .count("SELECT count(*) FROM demo_grant WHERE account = 'demo-other' AND ended_by IS NULL");
    assert_eq!(kept.await, 0, "what nobody uses is given back");
    desk.stop().await;
}

#[tokio::test]
async fn an_account_of_another_kind_is_not_taken() {
    let desk = Desk::open().await;
    for (side, kind, found) in [
        ("crm", "salesforce", "Salesforce (sandbox)"),
        ("crm", "salesforce_sandbox", "Salesforce"),
        ("email", "office365", "Gmail"),
        ("email", "local_folder", "Microsoft 365"),
    ] {
        let body = format!(r#"{{"intent":"change","kind":"{kind}"}}"#);
        let authorization = desk.authorize(side, &body).await;
        desk.sign_in(&authorization, "demo-elsewhere").await;
        let ended = desk.outcome(&authorization).await;
        assert_eq!(ended["status"], "wrong_kind", "{kind}");
        let title = ended["cause"]["title"].as_str().unwrap();
        assert_eq!(title, format!("This account belongs to {found}"));
    }
    assert_eq!(desk.connection("crm").await["kind"], "local_database");
    desk.stop().await;
}

#[tokio::test]
async fn a_closed_window_leaves_a_sign_in_that_can_be_given_up_or_begun_anew() {
    let desk = Desk::open().await;
    let first = desk.authorize("crm", REFRESH).await;
    let url = first["url"].as_str().unwrap().to_owned();
    // The window is opened and closed; the address goes on working in any browser.
    for _ in 0..2 {
        assert_eq!(desk.open_page(&url).await.status, 303);
    }
    assert_eq!(desk.outcome(&first).await["status"], "pending");
    let second = desk.authorize("crm", REFRESH).await;
    assert_eq!(desk.outcome(&first).await["status"], "cancelled");
    assert_eq!(desk.open_page(&url).await.status, 410);

    let back = desk.decide(&second, "demo-own", "allow", "until_revoked").await;
    let path = format!("/authorizations/{}/cancel", second["id"].as_str().unwrap());
    for _ in 0..2 {
        let (status, cancelled) = desk.command("POST", &path, "").await;
        assert_eq!((status, &cancelled["status"]), (200, &json!("cancelled")));
    }
    // An answer that comes all the same changes nothing.
    assert_eq!(desk.open_page(back).await.status, 400);
    assert_eq!(desk.outcome(&second).await["status"], "cancelled");
    // One side's sign-in is none of the other's business.
    let email = desk.authorize("email", REFRESH).await;
    desk.authorize("crm", REFRESH).await;
    assert_eq!(desk.outcome(&email).await["status"], "pending");
    let (status, problem) = desk.command("POST", "/authorizations/a-1/cancel", "").await;
    assert_eq!((status, &problem["code"]), (404, &json!("authorization_not_found")));
    desk.stop().await;
}

#[tokio::test]
async fn a_sign_in_that_takes_too_long_expires() {
    let desk = Desk::open().await;
    let authorization = desk.authorize("crm", REFRESH).await;
    let back = desk.decide(&authorization, "demo-own", "allow", "until_revoked").await;
    desk.world.clock.advance(MINUTE * 10);
    let done = desk.open_page(back).await;
    assert!(done.text.contains("took too long"), "{}", done.text);
    let ended = desk.outcome(&authorization).await;
    assert_eq!(ended["status"], "expired");
    assert_eq!(ended["cause"]["code"], "authorization_expired");

    // Nobody comes back at all.
    let authorization = desk.authorize("crm", REFRESH).await;
    desk.world.clock.advance(MINUTE * 10);
    assert_eq!(desk.connection("crm").await["authorization"], Value::Null);
    let late = desk.open_page(authorization["url"].as_str().unwrap()).await;
    assert_eq!(late.status, 410);
    assert!(late.text.contains("expired"), "{}", late.text);
    assert_eq!(desk.outcome(&authorization).await["status"], "expired");

    // The provider's answer was left lying.
    let authorization = desk.authorize("crm", REFRESH).await;
    let back = desk.decide(&authorization, "demo-own", "late", "until_revoked").await;
    desk.open_page(back).await;
    assert_eq!(desk.outcome(&authorization).await["status"], "expired");
    assert_eq!(desk.connection("crm").await["status"], "connected");
    desk.stop().await;
}

#[tokio::test]
async fn lost_access_stops_the_engine_and_getting_it_back_starts_it() {
    let desk = Desk::open().await;
    desk.revoke_all().await;
    let mut events = desk.engine.subscribe();
    let crm = desk.check("crm").await;
    assert_eq!(crm["status"], "disconnected");
    assert_eq!(crm["cause"]["code"], "invalid_grant: expired access/refresh token");
    assert_eq!(crm["cause"]["next_step"], "reconnect_crm");
    let status = desk.status().await;
    assert_eq!(status["state"], "disabled");
    assert_eq!(status["reason"]["code"], "access_lost");
    assert_eq!(status["reason"]["next_step"], "reconnect_crm");
    assert_eq!(status["connections"][0]["status"], "disconnected");
    assert!(
        status["next_run_at"].is_null() && !status["unavailable"].as_array().unwrap().is_empty()
    );
    let lost = next(&mut events, |event| match event {
        EngineEvent::Connection(connection) if connection.cause.is_some() => Some(connection),
        _ => None,
    });
    assert_eq!(lost.await.side.as_str(), "crm");
    for path in ["/sync/force", "/sync/start"] {
        let (status, problem) = desk.command("POST", path, "").await;
        assert_eq!((status, &problem["code"]), (409, &json!("not_connected")), "{path}");
    }

    // Both were revoked: the reason follows the side that is still away.
    assert_eq!(desk.check("email").await["status"], "disconnected");
    let authorization = desk.authorize("crm", REFRESH).await;
    desk.sign_in(&authorization, "demo-own").await;
    let status = desk.status().await;
    assert_eq!(status["state"], "disabled");
    assert_eq!(status["reason"]["next_step"], "reconnect_email");

    let authorization = desk.authorize("email", REFRESH).await;
    desk.sign_in(&authorization, "demo-own").await;
    let session = next(&mut events, |event| match event {
        EngineEvent::Session(session) if session.ended_at.is_some() => Some(session),
        _ => None,
    });
    assert_eq!(session.await.trigger.as_str(), "reconnected");
    desk.idle().await;
    let status = desk.status().await;
    assert_eq!((&status["state"], &status["reason"]), (&json!("enabled"), &Value::Null));
    let activity = desk.get("/activity").await;
    let actions: Vec<_> = activity["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        ["recovered", "reconnected", "reconnected", "disconnected", "disabled", "disconnected"]
    );
    desk.stop().await;
}

#[tokio::test]
async fn a_changed_password_is_noticed_by_itself() {
    let desk = Desk::open().await;
    let mut events = desk.engine.subscribe();
    let url = desk.url.join("/demo/change-password").unwrap();
    desk.submit(&url, &[("account".to_owned(), "demo-own".to_owned())]).await.location();
    desk.world.clock.advance(MINUTE);
    let disabled = next(&mut events, |event| match event {
        EngineEvent::Status(status) if status.reason.is_some() => status.reason,
        _ => None,
    });
    let reason = disabled.await;
    assert_eq!(reason.code.as_str(), "access_lost");
    assert!(reason.detail.unwrap().contains("password"));
    desk.stop().await;
}

#[tokio::test]
async fn a_paused_engine_stays_paused_without_access_and_with_it() {
    let desk = Desk::open().await;
    assert_eq!(desk.command("POST", "/sync/pause", "").await.0, 200);
    desk.revoke_all().await;
    assert_eq!(desk.check("crm").await["status"], "disconnected");
    assert_eq!(desk.check("email").await["status"], "disconnected");
    assert_eq!(desk.status().await["state"], "paused");
    let (status, problem) = desk.command("POST", "/sync/start", "").await;
    assert_eq!((status, &problem["code"]), (409, &json!("not_connected")));
    for side in ["crm", "email"] {
        let authorization = desk.authorize(side, REFRESH).await;
        desk.sign_in(&authorization, "demo-own").await;
    }
    assert_eq!(desk.status().await["state"], "paused");
    let (status, started) = desk.command("POST", "/sync/start", "").await;
    assert_eq!((status, &started["reason"]), (200, &Value::Null));
    desk.stop().await;
}

#[tokio::test]
async fn an_access_that_ends_is_told_before_and_is_lost_then() {
    let desk = Desk::open().await;
    let authorization = desk.authorize("crm", REFRESH).await;
    let back = desk.decide(&authorization, "demo-own", "allow", "two_days").await;
    desk.open_page(back).await;
    let crm = desk.connection("crm").await;
    assert_eq!(crm["status"], "expiring");
    assert_eq!(crm["cause"]["code"], "access_expiring");
    assert_eq!(crm["cause"]["next_step"], "reconnect_crm");
    assert!(crm["expires_at"].is_string());
    assert_eq!(desk.status().await["state"], "enabled", "it still works");

    let mut events = desk.engine.subscribe();
    desk.world.clock.advance(MINUTE * 60 * 48);
    let disabled = next(&mut events, |event| match event {
        EngineEvent::Status(status) if status.reason.is_some() => status.reason,
        _ => None,
    });
    assert_eq!(disabled.await.code.as_str(), "access_lost");
    let authorization = desk.authorize("crm", REFRESH).await;
    desk.sign_in(&authorization, "demo-own").await;
    assert_eq!(desk.connection("crm").await["status"], "connected");
    desk.stop().await;
}

#[tokio::test]
async fn lost_access_and_a_sign_in_under_way_survive_a_restart() {
    let desk = Desk::open().await;
    desk.revoke_all().await;
    desk.check("crm").await;
    let world = desk.stop().await;

    let desk = Desk::open_with(world, |_| (), |_| ()).await;
    let status = desk.status().await;
    assert_eq!(status["state"], "disabled");
    assert_eq!(status["reason"]["next_step"], "reconnect_crm");
    assert_eq!(desk.connection("crm").await["status"], "disconnected");
    desk.stop().await;
}

#[tokio::test]
async fn another_key_makes_the_stored_access_unreadable_and_nothing_else() {
    let desk = Desk::open().await;
    let world = desk.stop().await;
    std::fs::remove_file(world.database().with_file_name("secret.key")).unwrap();
    let desk = Desk::open_with(world, |_| (), |_| ()).await;
    let crm = desk.check("crm").await;
    assert_eq!(crm["status"], "disconnected");
    assert_eq!(crm["cause"]["code"], "secret_unreadable");
    assert_eq!(desk.check("email").await["status"], "disconnected");
    for side in ["crm", "email"] {
        let authorization = desk.authorize(side, REFRESH).await;
        desk.sign_in(&authorization, "demo-own").await;
    }
    desk.idle().await;
    assert_eq!(desk.status().await["state"], "enabled");
    desk.stop().await;
}

#[tokio::test]
async fn an_unreadable_folder_shows_on_the_mailboxs_connection() {
    let desk = Desk::open().await;
    let away = desk.world.mailbox().with_extension("away");
    std::fs::rename(desk.world.mailbox(), &away).unwrap();
    let email = desk.check("email").await;
    assert_eq!(email["status"], "disconnected");
    assert_eq!(email["cause"]["code"], "MAILBOX_UNREADABLE");
    std::fs::rename(&away, desk.world.mailbox()).unwrap();
    assert_eq!(desk.check("email").await["status"], "connected");
    desk.idle().await;
    desk.stop().await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_its_reason() {
    let desk = Desk::open().await;
    for (side, body, status, code) in [
        ("moon", CHANGE, 404, "connection_not_found"),
        ("crm", r#"{"intent":"change","kind":"gmail"}"#, 409, "kind_not_offered"),
        ("crm", r#"{"intent":"change","kind":"moon"}"#, 409, "kind_not_offered"),
        ("email", r#"{"intent":"change","kind":"exchange"}"#, 409, "password_needed"),
        ("crm", r#"{"intent":"refresh","kind":"salesforce"}"#, 409, "another_kind"),
        ("crm", r#"{"intent":"change","kind":"salesforce_custom"}"#, 422, "domain_needed"),
        ("crm", r#"{"intent":"change","domain":"acme.force.com"}"#, 422, "no_domain_needed"),
        ("crm", r#"{"intent":"forget"}"#, 422, "bad_body"),
        ("crm", r#"{"kind":"salesforce"}"#, 422, "bad_body"),
        ("crm", r#"{"intent":"change","more":1}"#, 422, "bad_body"),
        ("crm", "{", 400, "bad_json"),
    ] {
        let path = format!("/connections/{side}/authorize");
        let (found, problem) = desk.command("POST", &path, body).await;
        assert_eq!((found, &problem["code"]), (status, &json!(code)), "{side} {body}");
    }
    for domain in [
        "evilforce.com",
        "force.com",
        "force.com.evil.example",
        "acme.force.com:443",
        "user@acme.force.com",
        "https://acme.force.com",
        "evil.example/.force.com",
        "xn--frce-8qa.force.com",
    ] {
        let body = json!({ "intent": "change", "kind": "salesforce_custom", "domain": domain });
        let (found, problem) =
            desk.command("POST", "/connections/crm/authorize", &body.to_string()).await;
        assert_eq!((found, &problem["code"]), (422, &json!("bad_domain")), "{domain}");
    }
    let (status, problem) = desk.command("POST", "/connections/moon/check", "").await;
    assert_eq!((status, &problem["code"]), (404, &json!("connection_not_found")));
    desk.stop().await;
}

#[tokio::test]
async fn an_administrator_may_keep_people_from_changing() {
    let desk = Desk::with(|settings| settings.may_change = false).await;
    let crm = desk.connection("crm").await;
    assert_eq!((&crm["can_change"], &crm["change_to"]), (&json!(false), &json!([])));
    let (status, problem) = desk.command("POST", "/connections/crm/authorize", CHANGE).await;
    assert_eq!((status, &problem["code"]), (409, &json!("cannot_change")));
    desk.authorize("crm", REFRESH).await;
    desk.stop().await;
}

#[tokio::test]
async fn a_command_with_the_same_key_begins_one_sign_in() {
    let desk = Desk::open().await;
    let url = desk.url.join("/api/v1/connections/crm/authorize").unwrap();
    let (token, _) = desk.state.tokens.grant(&desk.person, None, desk.state.now()).unwrap();
    let mut answers = Vec::new();
    for _ in 0..2 {
        let request = desk
            .browser
            .post(url.clone())
            .header("authorization", token.to_authorization_header())
            .header("idempotency-key", "once")
            .header("content-type", "application/json")
            .body(REFRESH);
        answers.push(request.send().await.unwrap().text().await.unwrap());
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(desk.count("SELECT count(*) FROM authorization_request").await, 1);
    desk.stop().await;
}

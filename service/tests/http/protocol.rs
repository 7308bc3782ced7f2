//! The protocol of signing in, with answers that a browser, a thief or another provider might bring.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sync_api::ConnectionKind;
use sync_service::connection::{ConnectionSettings, TokenSet};
use sync_service::demo_sign_in::DemoSignIn;
use sync_service::store::Store;
use tracing_subscriber::fmt::MakeWriter;
use url::Url;

use crate::desk::{Desk, MINUTE, replace};
use crate::fake_provider::FakeProvider;
use crate::support::{World, user};

const REFRESH: &str = r#"{"intent":"refresh"}"#;
const SALESFORCE: &str = r#"{"intent":"change","kind":"salesforce"}"#;

/// The same address with one parameter changed, or taken away.
fn with(url: &Url, name: &str, value: Option<&str>) -> Url {
    let mut changed = url.clone();
    let kept: Vec<_> = url.query_pairs().into_owned().filter(|(known, _)| known != name).collect();
    changed.query_pairs_mut().clear().extend_pairs(kept);
    if let Some(value) = value {
        changed.query_pairs_mut().append_pair(name, value);
    }
    changed
}

fn parameter(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(known, _)| known == name);
    found.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

/// Where a sign-in sends the browser.
async fn question(desk: &Desk, authorization: &Value) -> Url {
    desk.open_page(authorization["url"].as_str().unwrap()).await.location()
}

/// An answer of a provider that has no pages.
async fn answer(desk: &Desk, authorization: &Value, more: &[(&str, &str)]) -> crate::desk::Page {
    let state = parameter(&question(desk, authorization).await, "state");
    let mut back = desk.url.join("/oauth/callback").unwrap();
    back.query_pairs_mut().append_pair("state", &state).extend_pairs(more);
    desk.open_page(back).await
}

async fn with_fake(kind: ConnectionKind) -> (Desk, FakeProvider) {
    let fake = FakeProvider::start().await;
    let provider = fake.provider(kind);
    let desk = Desk::with(|settings: &mut ConnectionSettings| replace(settings, provider)).await;
    (desk, fake)
}

#[tokio::test]
async fn the_question_has_pkce_a_state_and_the_exact_address_to_answer_to() {
    let desk = Desk::open().await;
    let first = question(&desk, &desk.authorize("crm", REFRESH).await).await;
    assert_eq!(parameter(&first, "response_type"), "code");
    assert_eq!(parameter(&first, "code_challenge_method"), "S256");
    assert_eq!(parameter(&first, "code_challenge").len(), 43);
    assert_eq!(
        parameter(&first, "redirect_uri"),
        desk.url.join("/oauth/callback").unwrap().as_str()
    );
    assert_eq!(parameter(&first, "login_hint"), "robin@example.com");
    let second = question(&desk, &desk.authorize("crm", REFRESH).await).await;
    for name in ["state", "code_challenge"] {
        assert_ne!(parameter(&first, name), parameter(&second, name), "{name}");
        assert!(parameter(&first, name).len() >= 43);
    }
    desk.stop().await;
}

#[tokio::test]
async fn a_state_is_taken_once_and_an_unknown_one_never() {
    let desk = Desk::open().await;
    let authorization = desk.authorize("crm", REFRESH).await;
    let back = desk.decide(&authorization, "demo-own", "allow", "until_revoked").await;
    for wrong in [
        with(&back, "state", Some("guessed")),
        with(&back, "state", None),
        Url::parse(&format!("{back}&state=second")).unwrap(),
        Url::parse(&format!("{back}&code=second")).unwrap(),
    ] {
        let page = desk.open_page(&wrong).await;
        assert_eq!(page.status, 400, "{wrong}");
        assert!(page.text.contains("Nothing was changed"), "{}", page.text);
    }
    assert_eq!(desk.outcome(&authorization).await["status"], "pending");
    assert_eq!(desk.open_page(&back).await.status, 200);
    let ended = desk.outcome(&authorization).await;
    assert_eq!(ended["status"], "succeeded");
    assert_eq!(desk.open_page(&back).await.status, 400, "a replay");
    assert_eq!(desk.outcome(&authorization).await, ended);
    assert_eq!(desk.check("crm").await["status"], "connected", "the access was not ended by it");
    desk.stop().await;
}

#[tokio::test]
async fn two_answers_at_once_end_one_sign_in() {
    let desk = Desk::open().await;
    let authorization = desk.authorize("crm", REFRESH).await;
    let back = desk.decide(&authorization, "demo-own", "allow", "until_revoked").await;
    let (one, two) = tokio::join!(desk.open_page(&back), desk.open_page(&back));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(desk.outcome(&authorization).await["status"], "succeeded");
    desk.stop().await;
}

#[tokio::test]
async fn an_answer_of_another_provider_is_not_taken_and_its_code_goes_nowhere() {
    let desk = Desk::open().await;
    for (iss, code) in [
        (Some("http://localhost/demo/gmail"), "issuer_mismatch"),
        (Some("https://evil.example"), "issuer_mismatch"),
        (Some(""), "issuer_mismatch"),
        (None, "issuer_missing"),
    ] {
        let authorization = desk.authorize("crm", REFRESH).await;
        let grants = desk.count("SELECT count(*) FROM demo_grant").await;
        let back = desk.decide(&authorization, "demo-own", "allow", "until_revoked").await;
        desk.open_page(with(&back, "iss", iss)).await;
        let ended = desk.outcome(&authorization).await;
        assert_eq!((&ended["status"], &ended["cause"]["code"]), (&json!("failed"), &json!(code)));
        assert_eq!(desk.count("SELECT count(*) FROM demo_grant").await, grants);
    }

    // Mixed up: the mailbox's provider answers with the CRM's state.
    let crm = desk.authorize("crm", SALESFORCE).await;
    let email = desk.authorize("email", r#"{"intent":"change","kind":"gmail"}"#).await;
    let state = parameter(&question(&desk, &crm).await, "state");
    let back = desk.decide(&email, "demo-own", "allow", "until_revoked").await;
    desk.open_page(with(&back, "state", Some(&state))).await;
    assert_eq!(desk.outcome(&crm).await["cause"]["code"], "issuer_mismatch");
    assert_eq!(desk.outcome(&email).await["status"], "pending");
    // And even under the right name, a code of one is worth nothing to the other.
    let crm = desk.authorize("crm", SALESFORCE).await;
    let state = parameter(&question(&desk, &crm).await, "state");
    let mixed =
        with(&with(&back, "state", Some(&state)), "iss", Some("http://localhost/demo/salesforce"));
    desk.open_page(mixed).await;
    assert_eq!(desk.outcome(&crm).await["status"], "expired");
    assert_eq!(desk.connection("crm").await["kind"], "local_database");
    desk.stop().await;
}

#[tokio::test]
async fn a_given_issuer_is_checked_where_none_is_required() {
    let (desk, fake) = with_fake(ConnectionKind::Salesforce).await;
    let authorization = desk.authorize("crm", SALESFORCE).await;
    answer(&desk, &authorization, &[("code", "c"), ("iss", "https://login.example.org")]).await;
    assert_eq!(desk.outcome(&authorization).await["cause"]["code"], "issuer_mismatch");
    assert_eq!(fake.asked(), 0);
    for iss in [&[("code", "c"), ("iss", "https://login.example.com")][..], &[("code", "c")]] {
        let authorization = desk.authorize("crm", SALESFORCE).await;
        answer(&desk, &authorization, iss).await;
        assert_eq!(desk.outcome(&authorization).await["status"], "succeeded");
    }
    desk.stop().await;
}

#[tokio::test]
async fn the_verifier_and_the_secret_go_to_the_token_endpoint_alone() {
    let (desk, fake) = with_fake(ConnectionKind::Salesforce).await;
    let authorization = desk.authorize("crm", SALESFORCE).await;
    let asked = question(&desk, &authorization).await;
    answer(&desk, &authorization, &[("code", "the-code")]).await;
    let form = fake.said.lock().unwrap().asked[0].clone();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code"], "the-code");
    assert_eq!(form["redirect_uri"], parameter(&asked, "redirect_uri"));
    assert_eq!(form["client_secret"], "visible-client-secret");
    let digest = <sha2::Sha256 as sha2::Digest>::digest(form["code_verifier"].as_bytes());
    let challenge = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, digest);
    assert_eq!(challenge, parameter(&asked, "code_challenge"));
    assert!(!asked.as_str().contains("secret") && !asked.as_str().contains(&form["code_verifier"]));
    desk.stop().await;
}

#[tokio::test]
async fn what_a_provider_answers_wrongly_ends_the_sign_in_and_nothing_else() {
    let (desk, fake) = with_fake(ConnectionKind::Salesforce).await;
    let tokens = fake.said.lock().unwrap().tokens.clone();
    let userinfo = fake.said.lock().unwrap().userinfo.clone();
    let broken = json!({ "sub": "" });
    for (tokens, userinfo, more, status, code) in [
        (&tokens, &userinfo, &[][..], "failed", "code_missing"),
        (&tokens, &broken, &[("code", "c")], "failed", "account_missing"),
        (&tokens, &Value::Null, &[("code", "c")], "failed", "invalid_token"),
        (
            &vec![(200, json!({"nothing": 1}))],
            &userinfo,
            &[("code", "c")],
            "failed",
            "provider_unreachable",
        ),
        (
            &vec![(500, json!("oops"))],
            &userinfo,
            &[("code", "c")],
            "failed",
            "provider_unreachable",
        ),
        (&vec![(302, json!({}))], &userinfo, &[("code", "c")], "failed", "provider_unreachable"),
        (&tokens, &userinfo, &[("error", "server_error")], "failed", "server_error"),
        (&tokens, &userinfo, &[("error", "OAUTH_APP_BLOCKED")], "failed", "OAUTH_APP_BLOCKED"),
        (&tokens, &userinfo, &[("error", "access_denied")], "refused", "access_denied"),
    ] {
        fake.said.lock().unwrap().tokens = tokens.clone();
        fake.said.lock().unwrap().userinfo = userinfo.clone();
        let authorization = desk.authorize("crm", SALESFORCE).await;
        answer(&desk, &authorization, more).await;
        let ended = desk.outcome(&authorization).await;
        assert_eq!((&ended["status"], &ended["cause"]["code"]), (&json!(status), &json!(code)));
    }
    assert_eq!(desk.connection("crm").await["kind"], "local_database");
    desk.stop().await;
}

#[tokio::test]
async fn a_sandbox_is_not_taken_for_production_and_an_unticked_box_not_for_leave() {
    let fake = FakeProvider::start().await;
    let (mut crm, mut gmail) =
        (fake.provider(ConnectionKind::Salesforce), fake.provider(ConnectionKind::Gmail));
    crm.names_itself = false;
    gmail.needed_scopes = vec!["https://mail.google.com/".to_owned(), "calendar".to_owned()];
    let desk = Desk::with(|settings| {
        replace(settings, crm);
        replace(settings, gmail);
    })
    .await;
    let mut tokens = fake.said.lock().unwrap().tokens[0].1.clone();
    tokens["instance_url"] = json!("https://acme--uat.sandbox.my.salesforce.com");
    fake.says(tokens.clone());
    let authorization = desk.authorize("crm", SALESFORCE).await;
    answer(&desk, &authorization, &[("code", "c")]).await;
    assert_eq!(desk.outcome(&authorization).await["status"], "wrong_kind");

    tokens["scope"] = json!("https://mail.google.com/ openid");
    fake.says(tokens.clone());
    let body = r#"{"intent":"change","kind":"gmail"}"#;
    let authorization = desk.authorize("email", body).await;
    answer(&desk, &authorization, &[("code", "c")]).await;
    let ended = desk.outcome(&authorization).await;
    assert_eq!(ended["status"], "refused");
    assert_eq!(ended["cause"]["code"], "insufficientPermissions");
    assert_eq!(fake.said.lock().unwrap().revoked.len(), 2);
    tokens["scope"] = json!("https://mail.google.com/ https://www.googleapis.com/auth/calendar");
    fake.says(tokens);
    let authorization = desk.authorize("email", body).await;
    answer(&desk, &authorization, &[("code", "c")]).await;
    assert_eq!(desk.outcome(&authorization).await["status"], "succeeded");
    desk.stop().await;
}

#[tokio::test]
async fn tokens_are_renewed_before_their_end_and_the_newest_refresh_token_is_kept() {
    let (desk, fake) = with_fake(ConnectionKind::Salesforce).await;
    let authorization = desk.authorize("crm", SALESFORCE).await;
    answer(&desk, &authorization, &[("code", "c")]).await;
    let mut tokens = fake.said.lock().unwrap().tokens[0].1.clone();
    for number in 2..5 {
        tokens["access_token"] = json!(format!("visible-access-{number}"));
        tokens["refresh_token"] = json!(format!("visible-refresh-{number}"));
        fake.says(tokens.clone());
        desk.world.clock.advance(MINUTE * 59);
        assert_eq!(desk.check("crm").await["status"], "connected");
        let said = fake.said.lock().unwrap();
        let form = said.asked.last().unwrap();
        assert_eq!(form["grant_type"], "refresh_token");
        assert_eq!(form["refresh_token"], format!("visible-refresh-{}", number - 1));
        assert_eq!(said.bearers.last().unwrap(), &format!("visible-access-{number}"));
    }
    // A provider that gives no new one means that the old one stays good.
    tokens.as_object_mut().unwrap().remove("refresh_token");
    fake.says(tokens);
    for _ in 0..2 {
        desk.world.clock.advance(MINUTE * 59);
        assert_eq!(desk.check("crm").await["status"], "connected");
        assert_eq!(
            fake.said.lock().unwrap().asked.last().unwrap()["refresh_token"],
            "visible-refresh-4"
        );
    }
    // For an engine that uses the provider's API.
    let token = desk.connections.access_token(&sync_api::Side::Crm).await.unwrap().unwrap();
    assert_eq!(token.to_send(), "visible-access-4");
    desk.stop().await;
}

#[tokio::test]
async fn a_provider_out_of_reach_is_no_lost_access() {
    let (desk, fake) = with_fake(ConnectionKind::Salesforce).await;
    let authorization = desk.authorize("crm", SALESFORCE).await;
    answer(&desk, &authorization, &[("code", "c")]).await;
    let tokens = fake.said.lock().unwrap().tokens.clone();
    desk.world.clock.advance(MINUTE * 60);
    fake.said.lock().unwrap().tokens = vec![(503, json!("maintenance"))];
    let crm = desk.check("crm").await;
    assert_eq!(crm["status"], "unknown");
    assert_eq!(crm["cause"]["code"], "provider_unreachable");
    assert_eq!(crm["cause"]["next_step"], "wait");
    assert_eq!(desk.status().await["state"], "enabled");
    fake.said.lock().unwrap().tokens = tokens;
    assert_eq!(desk.check("crm").await["status"], "connected");

    fake.refuses("invalid_grant", "inactive user");
    desk.world.clock.advance(MINUTE * 60);
    let crm = desk.check("crm").await;
    assert_eq!(crm["status"], "disconnected");
    assert_eq!(crm["cause"]["code"], "invalid_grant: inactive user");
    assert_eq!(desk.status().await["reason"]["code"], "access_lost");
    desk.stop().await;
}

#[tokio::test]
async fn changing_gives_the_old_tokens_back_and_refreshing_does_not() {
    let (desk, fake) = with_fake(ConnectionKind::Salesforce).await;
    for body in [SALESFORCE, REFRESH] {
        let authorization = desk.authorize("crm", body).await;
        answer(&desk, &authorization, &[("code", "c")]).await;
        assert_eq!(desk.outcome(&authorization).await["status"], "succeeded");
    }
    assert_eq!(fake.said.lock().unwrap().revoked, [""; 0]);
    fake.said.lock().unwrap().userinfo = json!({ "sub": "006", "email": "eve@example.com" });
    let authorization = desk.authorize("crm", SALESFORCE).await;
    answer(&desk, &authorization, &[("code", "c")]).await;
    assert_eq!(fake.said.lock().unwrap().revoked, ["visible-refresh-1"]);
    desk.stop().await;
}

/// The demo by itself, spoken to as a client would that does not follow the rules.
#[tokio::test]
async fn the_demo_holds_to_the_protocol() {
    let desk = Desk::open().await;
    let asked = question(&desk, &desk.authorize("crm", REFRESH).await).await;

    // Answers go to the one address that is known.
    for redirect in
        ["https://evil.example/", "http://127.0.0.1:1/oauth/callback", &format!("{}x", desk.url)]
    {
        let page = desk.open_page(with(&asked, "redirect_uri", Some(redirect))).await;
        assert_eq!((page.status, page.header("location")), (400, ""), "{redirect}");
    }
    assert_eq!(desk.open_page(with(&asked, "client_id", Some("other"))).await.status, 400);
    for (name, value) in [
        ("code_challenge_method", Some("plain")),
        ("code_challenge", None),
        ("code_challenge", Some("short")),
        ("response_type", Some("token")),
    ] {
        let back = desk.open_page(with(&asked, name, value)).await.location();
        assert!(back.query().unwrap().contains("error="), "{name} {value:?}");
        assert_eq!(parameter(&back, "iss"), "http://localhost/demo/local_database");
    }
    desk.stop().await;
}

/// A client of the demo's own endpoints.
struct Client<'a> {
    desk: &'a Desk,
    verifier: &'static str,
}

impl Client<'_> {
    async fn code(&self, account: &str) -> String {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(self.verifier.as_bytes());
        let challenge = base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, digest);
        let authorization = self.desk.authorize("crm", REFRESH).await;
        let asked = question(self.desk, &authorization).await;
        let asked = with(&asked, "code_challenge", Some(&challenge));
        let choice = self.desk.open_page(asked).await;
        let consent = self.desk.open_page(choice.link(&format!("account={account}"))).await;
        let mut fields = consent.fields();
        fields.push(("decision".into(), "allow".into()));
        fields.push(("lasts".into(), "until_revoked".into()));
        let mut action = consent.url.clone();
        action.set_query(None);
        parameter(&self.desk.submit(&action, &fields).await.location(), "code")
    }

    async fn token(&self, fields: &[(&str, &str)]) -> (u16, Value) {
        let url = self.desk.url.join("/demo/local_database/token").unwrap();
        let redirect = self.desk.url.join("/oauth/callback").unwrap();
        let mut form = vec![("client_id", "sync-sidebar")];
        let given = |name: &str| fields.iter().any(|(known, _)| *known == name);
        if !given("redirect_uri") {
            form.push(("redirect_uri", redirect.as_str()));
        }
        if !given("code_verifier") {
            form.push(("code_verifier", self.verifier));
        }
        form.extend_from_slice(fields);
        let answer = self.desk.browser.post(url).form(&form).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    async fn exchange(&self, code: &str) -> (u16, Value) {
        self.token(&[("grant_type", "authorization_code"), ("code", code)]).await
    }

    async fn refresh(&self, token: &Value) -> (u16, Value) {
        let token = token["refresh_token"].as_str().unwrap();
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn whose(&self, token: &Value) -> u16 {
        let url = self.desk.url.join("/demo/local_database/userinfo").unwrap();
        let token = token["access_token"].as_str().unwrap();
        self.desk.browser.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn the_demo_gives_tokens_for_the_right_verifier_and_once() {
    let desk = Desk::open().await;
    let client = Client { desk: &desk, verifier: "a-verifier-of-at-least-forty-three-characters" };
    for wrong in [
        ("code_verifier", "another-verifier-of-at-least-forty-three-chars"),
        ("code_verifier", ""),
        ("redirect_uri", "https://evil.example/"),
        ("code", "guessed"),
    ] {
        let code = client.code("demo-own").await;
        let mut fields = vec![("grant_type", "authorization_code"), ("code", code.as_str())];
        fields.retain(|(name, _)| *name != wrong.0);
        fields.push(wrong);
        let (status, answer) = client.token(&fields).await;
        assert_eq!((status, &answer["error"]), (400, &json!("invalid_grant")), "{wrong:?}");
    }
    let code = client.code("demo-own").await;
    desk.world.clock.advance(MINUTE);
    assert_eq!(client.exchange(&code).await.0, 400, "a code lives for a minute");

    let code = client.code("demo-own").await;
    let (status, tokens) = client.exchange(&code).await;
    assert_eq!((status, client.whose(&tokens).await), (200, 200));
    // A code that comes twice ends what came of it.
    assert_eq!(client.exchange(&code).await.0, 400);
    assert_eq!(client.whose(&tokens).await, 401);
    desk.stop().await;
}

#[tokio::test]
async fn the_demos_refresh_tokens_work_once_and_reuse_ends_the_access() {
    let desk = Desk::open().await;
    let client = Client { desk: &desk, verifier: "a-verifier-of-at-least-forty-three-characters" };
    let code = client.code("demo-own").await;
    let (_, first) = client.exchange(&code).await;
    let (status, second) = client.refresh(&first).await;
    assert_eq!(status, 200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let (status, third) = client.refresh(&second).await;
    assert_eq!((status, client.whose(&third).await), (200, 200));
    let (status, answer) = client.refresh(&first).await;
    assert_eq!((status, &answer["error"]), (400, &json!("invalid_grant")));
    assert_eq!(client.whose(&third).await, 401, "the thief's and the owner's access ends");
    assert_eq!(client.refresh(&third).await.0, 400);
    // An access token is no refresh token.
    let (_, tokens) = client.exchange(&client.code("demo-own").await).await;
    let access = json!({ "refresh_token": tokens["access_token"] });
    assert_eq!(client.refresh(&access).await.0, 400);
    desk.world.clock.advance(MINUTE * 10);
    assert_eq!(client.whose(&tokens).await, 401, "an access token lives for ten minutes");
    desk.stop().await;
}

#[tokio::test]
async fn the_demo_is_for_the_machine_itself_alone() {
    let world = World::new();
    let store = Store::open(&world.database()).await.unwrap();
    for url in
        ["https://sync.example.com/", "http://192.168.0.2:8080/", "http://localhost.example.com/"]
    {
        let now = Arc::new(|| sync_api::Timestamp::from_millis(0));
        let demo = DemoSignIn::new(store.clone(), Url::parse(url).unwrap(), user(), now);
        assert!(demo.is_err(), "{url}");
    }
    let desk = Desk::open().await;
    let request =
        desk.browser.get(desk.url.join("/demo/").unwrap()).header("host", "sync.example.com");
    assert_eq!(request.send().await.unwrap().status().as_u16(), 421);
    // Another site's page changes nobody's password.
    let url = desk.url.join("/demo/change-password").unwrap();
    for origin in ["https://evil.example", "null"] {
        let request = desk.browser.post(url.clone()).header("origin", origin);
        let request = request.form(&[("account", "demo-own")]);
        assert_eq!(request.send().await.unwrap().status().as_u16(), 403);
    }
    assert_eq!(desk.check("crm").await["status"], "connected");
    desk.stop().await;
}

#[tokio::test]
async fn the_window_tells_the_panels_exact_origin_and_has_no_script_of_its_own() {
    let desk = Desk::open().await;
    let port = desk.url.port().unwrap();
    let origin = format!("http://localhost:{port}");
    let path = "/connections/crm/authorize";
    let (_, authorization) = desk.command_from("POST", path, REFRESH, &origin).await;
    let begun = desk.open_page(authorization["url"].as_str().unwrap()).await;
    assert_eq!(begun.header("cache-control"), "no-store");
    let choice = desk.open_page(begun.location()).await;
    let done = desk.sign_in(&authorization, "demo-own").await;
    let id = authorization["id"].as_str().unwrap();
    for part in [
        format!("data-origin=\"{origin}\""),
        format!("data-authorization=\"{id}\""),
        "data-status=\"succeeded\"".to_owned(),
        "<script src=\"/oauth/window.js\"></script>".to_owned(),
    ] {
        assert!(done.text.contains(&part), "{part} in {}", done.text);
    }
    for page in [&choice, &done] {
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("form-action 'self'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("cache-control"), "no-store");
        let inline = page.text.contains("style=") || page.text.contains("onclick");
        assert!(!inline && page.text.matches("<script").count() <= 1, "{}", page.text);
    }
    let script = desk.open_page(desk.url.join("/oauth/window.js").unwrap()).await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert!(script.text.contains("postMessage") && !script.text.contains("\"*\""));
    desk.stop().await;
}

#[tokio::test]
async fn words_of_strangers_are_text() {
    let (desk, fake) = with_fake(ConnectionKind::Salesforce).await;
    let nasty = "<script>alert(1)</script>\"'&";
    fake.said.lock().unwrap().userinfo = json!({ "sub": "1", "preferred_username": nasty });
    let authorization = desk.authorize("crm", SALESFORCE).await;
    let done = answer(&desk, &authorization, &[("code", "c")]).await;
    assert!(!done.text.contains("<script>alert"), "{}", done.text);
    assert_eq!(desk.outcome(&authorization).await["account"], nasty);
    let authorization = desk.authorize("crm", SALESFORCE).await;
    let more = [("error", nasty), ("error_description", nasty)];
    let done = answer(&desk, &authorization, &more).await;
    assert!(!done.text.contains("<script>alert"), "{}", done.text);
    desk.stop().await;
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Neither the disk nor the log nor an answer has a token, a code or a secret in it.
#[tokio::test]
async fn tokens_are_nowhere_to_be_read() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(lines.clone())
        .with_env_filter(
            "trace,sqlx=info,hyper=info,h2=info,reqwest=info,hyper_util=info,tower=info",
        )
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (desk, fake) = with_fake(ConnectionKind::Salesforce).await;
    let authorization = desk.authorize("crm", SALESFORCE).await;
    let state = parameter(&question(&desk, &authorization).await, "state");
    answer(&desk, &authorization, &[("code", "visible-code")]).await;
    assert_eq!(desk.outcome(&authorization).await["status"], "succeeded");
    desk.check("crm").await;
    let mut tokens = fake.said.lock().unwrap().tokens[0].1.clone();
    tokens["access_token"] = json!("visible-access-2");
    tokens["refresh_token"] = json!("visible-refresh-2");
    fake.says(tokens);
    desk.world.clock.advance(MINUTE * 60);
    desk.check("crm").await;
    let verifier = fake.said.lock().unwrap().asked[0]["code_verifier"].clone();
    let mut answers = String::new();
    for path in ["/connections", "/support-report", "/activity", "/sync", "/me"] {
        answers.push_str(&desk.get(path).await.to_string());
    }
    answers.push_str(&desk.outcome(&authorization).await.to_string());
    let report = desk.get("/support-report").await.to_string();
    assert!(report.contains("crm: salesforce") && !report.contains("ada@example.com"));
    let world = desk.stop().await;

    let mut places = vec![("the answers", answers.into_bytes())];
    places.push(("the log", lines.0.lock().unwrap().clone()));
    for name in ["sync.db", "sync.db-wal", "sync.db-shm"] {
        if let Ok(bytes) = std::fs::read(world.database().with_file_name(name)) {
            places.push(("the disk", bytes));
        }
    }
    assert!(places.len() >= 3 && places.iter().all(|(_, bytes)| !bytes.is_empty()));
    let id = authorization["id"].as_str().unwrap();
    for secret in ["visible-", state.as_str(), verifier.as_str(), id] {
        // The database and the answers are where a sign-in's name belongs.
        for (place, bytes) in places.iter().filter(|(place, _)| secret != id || *place == "the log")
        {
            let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!found, "{secret} is in {place}");
        }
    }
    let secret = sync_service::connection::Secret::new("visible");
    let tokens = TokenSet { access: secret.clone(), refresh: Some(secret) };
    assert!(!format!("{tokens:?}").contains("visible"));
}

//! Signing in to the service at an OpenID provider: the whole way, and everything that may go wrong on it.

use std::time::Duration;

use sync_service::openid::AllowList;
use sync_service::people::MailboxPlace;
use url::Url;

use crate::fake_openid::{ADA, Account, BEN, Twist};
use crate::house::{Answer, Ground, House, MINUTE, VERIFIER, challenge};

/// A last page that tells of a failure: which word the panel is told, and what the person reads.
#[track_caller]
fn failed(page: &Answer, word: &str, words: &str) {
    assert_eq!(page.data("error").as_deref(), Some(word), "{page:?}");
    assert_eq!(page.data("code"), None);
    assert!(page.text.contains(words), "{words} in {}", page.text);
    assert!(page.status != 200 || word == "refused", "{page:?}");
}

#[tokio::test]
async fn a_person_signs_in_and_is_who_the_provider_says() {
    let house = House::open().await;
    let page = house.window(&ADA).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");
    assert_eq!(page.data("origin"), Some(house.origin()));
    assert!(page.data("id").unwrap().starts_with("p-"));
    let answer = house.redeem(&page.data("code").unwrap(), VERIFIER).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let cookie = answer.header("set-cookie");
    for part in [
        "HttpOnly",
        "Secure",
        "SameSite=None",
        "Partitioned",
        "__Host-sync-renewal=",
        "Path=/;",
        "Max-Age=2592000",
    ] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let panel = crate::house::panel(&answer);
    let me = house.get(&panel, "/me").await.json();
    assert_eq!(me["user"]["name"], ADA.name);
    assert_eq!(me["user"]["email"], ADA.email);
    assert!(me["capabilities"].as_array().unwrap().contains(&"sign_out_everywhere".into()));
    assert!(house.ground.folder_of(&ADA).join("mailbox").is_dir());
}

#[tokio::test]
async fn who_is_not_signed_in_hears_whom_one_signs_in_with() {
    let house = House::open().await;
    let local = house.session_call("POST", "", &[], r#"{"grant":"local"}"#).await;
    let renew = house.session_call("POST", "", &[], r#"{"grant":"renew"}"#).await;
    let read = house.send("GET", "/api/v1/sync", &[], "").await;
    for answer in [local, renew, read] {
        assert_eq!(answer.status, 401);
        assert_eq!(answer.code(), "sign_in_required");
        assert_eq!(answer.json()["sign_in"]["name"], "Larkfield ID");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    let code = house.redeem("nothing", VERIFIER).await;
    assert_eq!((code.status, code.code().as_str()), (401, "sign_in_failed"));
    assert_eq!(code.json()["sign_in"]["name"], "Larkfield ID");
}

#[tokio::test]
async fn a_code_works_once_and_only_with_its_verifier_and_in_time() {
    let house = House::open().await;
    let code = house.window(&ADA).await.data("code").unwrap();
    assert_eq!(house.redeem(&code, VERIFIER).await.status, 200);
    assert_eq!(house.redeem(&code, VERIFIER).await.code(), "sign_in_failed");

    let code = house.window(&ADA).await.data("code").unwrap();
    assert_eq!(house.redeem(&code, "another verifier").await.code(), "sign_in_failed");
    assert_eq!(house.redeem(&code, VERIFIER).await.code(), "sign_in_failed", "one try only");

    let code = house.window(&ADA).await.data("code").unwrap();
    house.ground.advance(2 * MINUTE);
    let late = house.redeem(&code, VERIFIER).await;
    assert_eq!(late.code(), "sign_in_failed");
    assert_eq!(late.header("set-cookie"), "");
}

#[tokio::test]
async fn what_the_provider_says_is_checked_in_every_part() {
    let house = House::open().await;
    for twist in [
        Twist::Nonce,
        Twist::NoNonce,
        Twist::Issuer,
        Twist::Audience,
        Twist::Expired,
        Twist::ForeignKey,
        Twist::Changed,
        Twist::Unsigned,
        Twist::SharedSecret,
        Twist::NoToken,
        Twist::NoAddress,
        Twist::NotAnAddress,
        Twist::Broken,
    ] {
        house.ground.provider.twist(twist);
        let page = house.window(&ADA).await;
        assert_eq!(page.data("error").as_deref(), Some("failed"), "{twist:?}: {page:?}");
        assert_eq!((page.status, page.data("code")), (502, None), "{twist:?}");
    }
    assert!(house.open_id.people().all().await.is_empty());
    house.ground.provider.twist(Twist::Nothing);
    house.sign_in(&ADA).await;
}

#[tokio::test]
async fn an_address_that_the_id_token_lacks_is_asked_for_and_has_to_be_the_same_persons() {
    let house = House::open().await;
    let shy = Account { shy: true, ..ADA };
    house.ground.provider.twist(Twist::UserinfoOfSomebodyElse);
    failed(&house.window(&shy).await, "failed", "does not hold");
    house.ground.provider.twist(Twist::Nothing);
    let panel = house.sign_in(&shy).await;
    assert_eq!(house.get(&panel, "/me").await.json()["user"]["email"], ADA.email);
    let unverified = Account { verified: Some(false), subject: "sub-new", ..shy };
    failed(&house.window(&unverified).await, "not_allowed", "not verified");
}

#[tokio::test]
async fn new_keys_of_the_provider_are_found() {
    let house = House::open().await;
    house.sign_in(&ADA).await;
    assert_eq!(house.ground.provider.asked("keys"), 1);
    house.sign_in(&ADA).await;
    assert_eq!(house.ground.provider.asked("keys"), 1, "the description is kept");
    house.ground.provider.take_new_key();
    house.sign_in(&ADA).await;
    assert_eq!(house.ground.provider.asked("keys"), 2);
}

#[tokio::test]
async fn a_person_may_say_no() {
    let house = House::open().await;
    for (error, word, words) in [
        ("access_denied", "refused", "You did not sign in"),
        ("login_required", "refused", "You did not sign in"),
        ("server_error", "failed", "did not work"),
    ] {
        let begun = house.begin().await;
        let asked = house.at_provider(&begun).await;
        let back = house.ground.provider.refuse(&asked, error);
        let page = house.send("GET", back.as_str(), &[], "").await;
        failed(&page, word, words);
        assert_eq!(page.data("id").as_deref(), begun["id"].as_str());
    }
}

#[tokio::test]
async fn only_those_on_the_list_come_in() {
    let house = House::open().await;
    for (email, verified) in [
        ("ada@example.org", Some(true)),
        ("ada@example.com.evil.example", Some(true)),
        ("ada@sub.example.com", Some(true)),
        ("\u{212a}ate@example.org", Some(true)),
    ] {
        let page = house.window(&Account { email, verified, ..ADA }).await;
        failed(&page, "not_allowed", "not on its list");
    }
    // Many providers let people write any address into their account: what nobody has verified proves nothing.
    for verified in [Some(false), None] {
        let page = house.window(&Account { verified, ..ADA }).await;
        failed(&page, "not_allowed", "not verified");
    }
    assert!(house.open_id.people().all().await.is_empty());
}

#[tokio::test]
async fn there_may_be_so_many_people_and_no_more() {
    let house = House::with(Ground::new().await, |sign_in| sign_in.people = 1, |_| ()).await;
    house.sign_in(&ADA).await;
    failed(&house.window(&BEN).await, "not_allowed", "no place left");
    house.sign_in(&ADA).await;
}

#[tokio::test]
async fn an_address_and_its_mailbox_never_change_hands_by_themselves() {
    let ground = Ground::new().await;
    let mail = ground.folder.path().join("mail");
    std::fs::create_dir_all(mail.join(ADA.email)).unwrap();
    let place: MailboxPlace = format!("{}/{{email}}", mail.display()).parse().unwrap();
    let house = House::with(ground, |sign_in| sign_in.mailbox = place, |_| ()).await;
    house.sign_in(&ADA).await;

    let upper = "Ada.Amberlight@EXAMPLE.com";
    let heir = Account { subject: "sub-heir", email: upper, ..BEN };
    failed(&house.window(&heir).await, "not_allowed", "belongs to another account");

    // The same person keeps the mailbox that was theirs at first, whatever the provider calls them now.
    let renamed = Account { email: "ada.elsewhere@example.com", ..ADA };
    let panel = house.sign_in(&renamed).await;
    assert_eq!(house.get(&panel, "/me").await.json()["user"]["email"], ADA.email);

    failed(&house.window(&BEN).await, "failed", "mailbox cannot be opened");
    assert!(!mail.join(BEN.email).exists(), "no folder is made where a template says that one is");
}

#[tokio::test]
async fn an_address_that_leads_out_of_the_mailboxes_opens_nothing() {
    let ground = Ground::new().await;
    let place = format!("{}/mail/{{email}}", ground.folder.path().display()).parse().unwrap();
    let anybody = |sign_in: &mut sync_service::openid::SignInConfiguration| {
        sign_in.mailbox = place;
        sign_in.allowed = AllowList::Anybody;
    };
    let house = House::with(ground, anybody, |_| ()).await;
    for (subject, email) in [("s-1", "../../etc@example.com"), ("s-2", "a/b@example.com")] {
        let page = house.window(&Account { subject, email, ..ADA }).await;
        failed(&page, "failed", "mailbox cannot be opened");
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_as_that_and_the_next_try_works() {
    let house = House::open().await;
    house.ground.provider.set_down(true);
    let begun = house.begin().await;
    let page = house.send("GET", begun["url"].as_str().unwrap(), &[], "").await;
    failed(&page, "failed", "cannot reach");
    house.ground.provider.set_down(false);
    let asked = house.at_provider(&begun).await;
    let back = house.ground.provider.allow(&asked, &ADA);
    house.ground.provider.set_down(true);
    let page = house.send("GET", back.as_str(), &[], "").await;
    assert_eq!(page.data("error").as_deref(), Some("failed"), "{page:?}");
    house.ground.provider.set_down(false);
    house.sign_in(&ADA).await;
}

#[tokio::test]
async fn a_sign_in_that_takes_too_long_is_over() {
    let house = House::open().await;
    let begun = house.begin().await;
    let asked = house.at_provider(&begun).await;
    house.ground.advance(10 * MINUTE);
    let back = house.ground.provider.allow(&asked, &ADA);
    failed(&house.send("GET", back.as_str(), &[], "").await, "expired", "took too long");
    assert_eq!(house.ground.provider.asked("token"), 0, "its code is sent nowhere");

    let begun = house.begin().await;
    house.ground.advance(10 * MINUTE);
    failed(
        &house.send("GET", begun["url"].as_str().unwrap(), &[], "").await,
        "expired",
        "took too long",
    );

    house.ground.provider.twist(Twist::CodeNotTaken);
    failed(&house.window(&ADA).await, "expired", "took too long");
}

#[tokio::test]
async fn a_state_works_once_and_an_unknown_one_tells_nobody_anything() {
    let house = House::open().await;
    let asked = house.at_provider(&house.begin().await).await;
    let back = house.ground.provider.allow(&asked, &ADA);
    assert_eq!(house.send("GET", back.as_str(), &[], "").await.status, 200);
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for query in [
        back.query().unwrap().to_owned(),
        "code=visible-code&state=another".to_owned(),
        "code=visible-code".to_owned(),
        String::new(),
        format!("state={state}&state={state}&code=c"),
    ] {
        let page = house.send("GET", &format!("/sign-in/callback?{query}"), &[], "").await;
        assert_eq!(page.status, 400, "{query}");
        assert!(page.text.contains("No sign-in waits for this"));
        assert!(!page.text.contains("data-"), "nobody is told: {}", page.text);
    }
    for id in ["p-00000000000000000000000000000000", "nothing"] {
        // The service may have been started again meanwhile: the panel that waits is told to begin anew.
        let page = house.send("GET", &format!("/sign-in/{id}"), &[], "").await;
        assert_eq!(
            (page.status, page.data("error").as_deref()),
            (410, Some("expired")),
            "{page:?}"
        );
        assert_eq!(page.data("id").as_deref(), Some(id));
        assert_eq!(page.data("origin"), Some(house.origin()));
    }
    let page = house.send("GET", "/sign-in/%3Cscript%3E", &[], "").await;
    assert!(!page.text.contains("data-"), "{}", page.text);
    assert_eq!(house.ground.provider.asked("token"), 1);
}

#[tokio::test]
async fn an_answer_of_another_issuer_is_not_followed() {
    let ground = Ground::new().await;
    ground.provider.names_itself();
    let house = House::on(ground).await;
    house.sign_in(&ADA).await;
    for issuer in [Some("https://evil.example"), None] {
        let asked = house.at_provider(&house.begin().await).await;
        let mut back = house.ground.provider.allow(&asked, &ADA);
        let kept: Vec<(String, String)> = back
            .query_pairs()
            .filter(|(name, _)| name != "iss")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        back.query_pairs_mut().clear().extend_pairs(kept);
        if let Some(issuer) = issuer {
            back.query_pairs_mut().append_pair("iss", issuer);
        }
        failed(&house.send("GET", back.as_str(), &[], "").await, "failed", "does not hold");
    }
    assert_eq!(house.ground.provider.asked("token"), 1, "the codes were sent nowhere");
}

#[tokio::test]
async fn the_code_never_stands_in_an_address_and_goes_to_a_page_of_ones_own_alone() {
    let house = House::open().await;
    let begun = house.begin().await;
    assert!(begun["url"].as_str().unwrap().starts_with(&format!("{}/sign-in/p-", house.origin())));
    let page = house.window(&ADA).await;
    assert_eq!(page.header("location"), "");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let script = house.send("GET", "/sign-in/hand-over.js", &[], "").await.text;
    assert!(script.contains("postMessage(message, origin)") && !script.contains("\"*\""));
    assert!(script.contains("new BroadcastChannel(\"sync-sidebar:sign-in\")"));

    // Whatever page a sign-in is begun from, no other than an own one is handed the code.
    let body = format!("{{\"challenge\":\"{}\"}}", challenge(VERIFIER));
    let origin = house.origin().replace("127.0.0.1", "localhost");
    let headers = [("origin", origin.as_str()), ("sync-sidebar", "1")];
    let begun = house.send("POST", "/api/v1/session/sign-ins", &headers, &body).await.json();
    let back = house.ground.provider.allow(&house.at_provider(&begun).await, &ADA);
    let page = house.send("GET", back.as_str(), &[], "").await;
    assert_eq!(page.data("origin"), Some(origin));
}

#[tokio::test]
async fn what_is_no_challenge_begins_nothing() {
    let house = House::open().await;
    for text in ["", "short", &"a".repeat(44), &format!("{}=", "a".repeat(42))] {
        let body = serde_json::json!({ "challenge": text }).to_string();
        let answer = house.session_call("POST", "/sign-ins", &[], &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (422, "bad_body"), "{text}");
    }
}

#[tokio::test]
async fn pages_of_other_sites_neither_sign_in_nor_out() {
    let house = House::open().await;
    let panel = house.sign_in(&ADA).await;
    let origin = house.origin();
    let cookie = format!("__Host-sync-renewal={}", panel.cookie);
    let bearer = format!("Bearer {}", panel.token);
    let challenge = format!("{{\"challenge\":\"{}\"}}", challenge(VERIFIER));
    let calls = [
        ("POST", "/api/v1/session", r#"{"grant":"renew"}"#),
        ("POST", "/api/v1/session", r#"{"grant":"code","code":"c","verifier":"v"}"#),
        ("POST", "/api/v1/session/sign-ins", challenge.as_str()),
        ("DELETE", "/api/v1/session", ""),
        ("DELETE", "/api/v1/session?everywhere=true", ""),
    ];
    let foreign: [&[(&str, &str)]; 6] = [
        &[("origin", &origin)],
        &[("origin", &origin), ("sync-sidebar", "2")],
        &[("origin", "https://evil.example"), ("sync-sidebar", "1")],
        &[("origin", "null"), ("sync-sidebar", "1")],
        &[("sec-fetch-site", "cross-site"), ("sync-sidebar", "1")],
        &[("sec-fetch-site", "same-site"), ("sync-sidebar", "1")],
    ];
    for (method, path, body) in calls {
        for headers in foreign {
            let all = [headers, &[("cookie", &cookie), ("authorization", &bearer)]].concat();
            let answer = house.send(method, path, &all, body).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (403, "wrong_origin"),
                "{path} {headers:?}"
            );
            assert_eq!(answer.header("set-cookie"), "");
        }
    }
    // With the header, but from nowhere: no browser does that with a cookie.
    let nowhere = [("sync-sidebar", "1"), ("cookie", cookie.as_str())];
    let answer = house.send("POST", "/api/v1/session", &nowhere, r#"{"grant":"renew"}"#).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "wrong_origin"));

    assert_eq!(
        house.get(&panel, "/sync").await.status,
        200,
        "nothing of it has signed anybody out"
    );
    assert_eq!(house.renew(&panel.cookie).await.status, 200, "nor has it used the cookie up");
}

#[tokio::test]
async fn a_token_lives_ten_minutes_and_what_it_follows_ends_with_it() {
    let house = House::open().await;
    let panel = house.sign_in(&ADA).await;
    house.ground.advance(Duration::from_secs(599));
    assert_eq!(house.get(&panel, "/sync").await.status, 200);
    house.ground.advance(Duration::from_secs(1));
    assert_eq!(house.get(&panel, "/sync").await.code(), "sign_in_required");
}

#[tokio::test]
async fn a_machine_without_sign_in_renews_for_whoever_sits_at_it() {
    let service = crate::client::Service::new();
    for grant in ["local", "renew"] {
        let request = session_request(&format!("{{\"grant\":\"{grant}\"}}"));
        let answer = service.send(request).await;
        assert_eq!(answer.status.as_u16(), 200, "{grant}");
        assert_eq!((answer.header("cache-control"), answer.header("set-cookie")), ("no-store", ""));
    }
    let code = session_request(r#"{"grant":"code","code":"c","verifier":"v"}"#);
    let answer = service.send(code).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (401, "sign_in_failed"));
    assert!(answer.json().get("sign_in").is_none());
    let mut begin = session_request(&format!("{{\"challenge\":\"{}\"}}", challenge(VERIFIER)));
    *begin.uri_mut() = "/api/v1/session/sign-ins".parse().unwrap();
    let answer = service.send(begin).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (404, "not_found"));
    let me = service.get("/api/v1/me").await.json();
    assert!(!me["capabilities"].as_array().unwrap().contains(&"sign_out_everywhere".into()));
    for path in ["/sign-in/p-1", "/sign-in/callback?code=c&state=s"] {
        let answer = service.send(crate::client::plain("GET", path, &[])).await;
        assert_eq!(answer.status.as_u16(), 400, "{path}");
    }
}

fn session_request(body: &str) -> axum::http::Request<axum::body::Body> {
    let headers = [("content-type", "application/json")];
    let mut request = crate::client::plain("POST", "/api/v1/session", &headers);
    *request.body_mut() = axum::body::Body::from(body.to_owned());
    request
}

/// The provider's address as a person's browser would have it.
#[tokio::test]
async fn the_provider_is_asked_with_pkce_a_nonce_and_the_exact_address_to_come_back_to() {
    let house = House::open().await;
    let asked: Url = house.at_provider(&house.begin().await).await;
    let query: std::collections::HashMap<_, _> = asked.query_pairs().into_owned().collect();
    assert_eq!(query["redirect_uri"], format!("{}/sign-in/callback", house.origin()));
    assert_eq!(query["code_challenge_method"], "S256");
    assert_ne!(query["code_challenge"], challenge(VERIFIER), "the service's own, not the panel's");
    assert!(
        query["nonce"].len() == 64
            && query["state"].len() == 64
            && query["nonce"] != query["state"]
    );
}

#[tokio::test]
async fn a_header_of_ones_own_page_that_says_something_else_is_refused_anywhere() {
    let service = crate::client::Service::new();
    let mut request = session_request(r#"{"grant":"local"}"#);
    request.headers_mut().insert("sync-sidebar", "0".parse().unwrap());
    let answer = service.send(request).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (403, "wrong_origin"));
}

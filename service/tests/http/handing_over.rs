//! How a panel hears that a sign-in has ended, where it has not opened the window by itself: a browser's extension, and
//! Outlook.

use serde_json::{Value, json};
use sync_api::ConnectionKind;
use sync_service::connection::ConnectionSettings;

use crate::desk::Desk;
use crate::fake_openid::{ADA, Account};
use crate::fake_provider::FakeProvider;
use crate::house::{Answer, EXTENSION, Ground, House, VERIFIER, challenge};

/// What Chromium sends from a page of the extension, which has the service among its host permissions. With a call that
/// reads there is no origin.
fn extension() -> String {
    format!("chrome-extension://{EXTENSION}")
}

const READING: (&str, &str) = ("sec-fetch-site", "none");

impl House {
    async fn from(&self, origin: &str, path: &str, more: &[(&str, &str)], body: &Value) -> Answer {
        let own = [("origin", origin), READING, ("sync-sidebar", "1")];
        let path = format!("/api/v1/session{path}");
        self.send("POST", &path, &[&own, more].concat(), &body.to_string()).await
    }

    async fn begin_from(&self, origin: &str, hand_over: Option<&str>) -> Answer {
        let mut body = json!({ "challenge": challenge(VERIFIER) });
        if let Some(hand_over) = hand_over {
            body["hand_over"] = hand_over.into();
        }
        self.from(origin, "/sign-ins", &[], &body).await
    }

    /// The first page of a sign-in that waits for Office, and where it goes on.
    async fn office_window(&self) -> (Answer, url::Url) {
        let begun = self.begin_from(&self.origin(), Some("office_dialog")).await.json();
        let page = self.send("GET", begun["url"].as_str().unwrap(), &[], "").await;
        let next = page.data("next").unwrap().replace("&amp;", "&");
        (page, next.parse().unwrap())
    }
}

/// The address that a page of a sign-in goes on to by itself.
fn onward(page: &Answer) -> Option<String> {
    let (_, rest) = page.text.split_once("http-equiv=\"refresh\" content=\"0;url=")?;
    Some(rest.split('"').next().unwrap().replace("&amp;", "&"))
}

#[tokio::test]
async fn an_extension_s_window_ends_at_the_extension_s_own_address_with_the_code_behind_the_hash() {
    let house = House::open().await;
    let begun = house.begin_from(&extension(), None).await.json();
    let id = begun["id"].as_str().unwrap();
    // As with a connection's sign-in; nobody else is given this address.
    let opened = Desk::in_extension_s_window(&begun);
    let back = house.ground.provider.allow(&house.at_provider(&opened).await, &ADA);
    let page = house.send("GET", back.as_str(), &[], "").await;
    let end = onward(&page).unwrap();
    let begin = format!("https://{EXTENSION}.chromiumapp.org/#id={id}&code=");
    let code = end.strip_prefix(&begin).unwrap_or_else(|| panic!("{end}"));
    // Nobody else is told: no page, and no channel.
    assert!(!page.text.contains("<script") && page.data("code").is_none(), "{}", page.text);
    assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
    assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");

    let grant = json!({ "grant": "code", "code": code, "verifier": VERIFIER });
    let came_in = house.from(&extension(), "", &[], &grant).await;
    assert_eq!(came_in.status, 200, "{came_in:?}");
    let panel = crate::house::panel(&came_in);
    let bearer = format!("Bearer {}", panel.token);
    let me = house.send("GET", "/api/v1/me", &[("authorization", &bearer), READING], "").await;
    assert_eq!(me.json()["user"]["email"], ADA.email);
    let cookie = format!("__Host-sync-renewal={}", panel.cookie);
    let renew = json!({ "grant": "renew" });
    let renewed = house.from(&extension(), "", &[("cookie", &cookie)], &renew).await;
    assert_eq!(renewed.status, 200, "{renewed:?}");
}

#[tokio::test]
async fn what_went_wrong_in_an_extension_s_window_stays_to_be_read_and_one_goes_back_with_the_word_for_it()
 {
    let house = House::open().await;
    let stranger = Account { email: "ada@example.org", ..ADA };
    for (refuse, word, words) in
        [(true, "refused", "You did not sign in"), (false, "not_allowed", "not on its list")]
    {
        let begun = house.begin_from(&extension(), None).await.json();
        let asked = house.at_provider(&begun).await;
        let provider = &house.ground.provider;
        let back = if refuse {
            provider.refuse(&asked, "access_denied")
        } else {
            provider.allow(&asked, &stranger)
        };
        let page = house.send("GET", back.as_str(), &[], "").await;
        assert!(page.text.contains(words), "{}", page.text);
        assert_eq!(onward(&page), None);
        let id = begun["id"].as_str().unwrap();
        let link = format!("https://{EXTENSION}.chromiumapp.org/#id={id}&amp;error={word}\"");
        assert!(page.text.contains(&link), "{}", page.text);
    }
}

#[tokio::test]
async fn an_extension_that_nobody_named_is_as_foreign_as_any_page() {
    let house = House::open().await;
    for origin in [
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop".to_owned(),
        format!("moz-extension://{EXTENSION}"),
        format!("https://{EXTENSION}.chromiumapp.org"),
        format!("{}.evil.example", extension()),
    ] {
        let begun = house.begin_from(&origin, None).await;
        assert_eq!((begun.status, begun.code().as_str()), (403, "wrong_origin"), "{origin}");
        let renew = house.from(&origin, "", &[], &json!({ "grant": "renew" })).await;
        assert_eq!((renew.status, renew.code().as_str()), (403, "wrong_origin"), "{origin}");
    }
}

#[tokio::test]
async fn a_connection_s_sign_in_from_an_extension_ends_there_too() {
    let desk = Desk::open().await;
    for (account, title) in
        [("demo-own", "The CRM is connected"), ("demo-other", "You signed in as somebody else")]
    {
        let authorization = begun_by_the_extension(&desk).await;
        let page = desk.sign_in(&Desk::in_extension_s_window(&authorization), account).await;
        assert!(page.text.contains(title), "{}", page.text);
        let id = authorization["id"].as_str().unwrap();
        let end = format!("0;url=https://{EXTENSION}.chromiumapp.org/#authorization={id}\"");
        assert!(page.text.contains(&end), "{}", page.text);
        assert!(!page.text.contains("<script"), "{}", page.text);
    }
    desk.stop().await;
}

/// A sign-in of the CRM's that waits for a person.
async fn begun_by_the_extension(desk: &Desk) -> Value {
    let (path, refresh) = ("/connections/crm/authorize", r#"{"intent":"refresh"}"#);
    let (status, authorization) = desk.command_from("POST", path, refresh, &extension()).await;
    assert_eq!(status, 201, "{authorization}");
    authorization
}

#[tokio::test]
async fn its_link_ends_in_any_other_window_with_a_page_that_can_be_read() {
    let desk = Desk::open().await;
    for query in ["", "?window=other", "?window", "?other=extension", "?%zz&=&window=Extension"] {
        let mut authorization = begun_by_the_extension(&desk).await;
        authorization["url"] = format!("{}{query}", authorization["url"].as_str().unwrap()).into();
        let page = desk.sign_in(&authorization, "demo-own").await;
        assert_eq!(page.status, 200, "{query}");
        assert!(page.text.contains("The CRM is connected"), "{query}: {}", page.text);
        assert!(page.text.contains("You can close this window"), "{query}: {}", page.text);
        assert!(!page.text.contains("chromiumapp.org"), "{query}: {}", page.text);
        assert_eq!(desk.outcome(&authorization).await["status"], "succeeded", "{query}");
    }
    desk.stop().await;
}

#[tokio::test]
async fn of_two_windows_of_one_sign_in_the_newest_says_whether_it_is_the_extension_s() {
    let desk = Desk::open().await;
    for extension_is_last in [true, false] {
        let link = begun_by_the_extension(&desk).await;
        let opened = Desk::in_extension_s_window(&link);
        let (first, last) = if extension_is_last { (&link, &opened) } else { (&opened, &link) };
        desk.open_page(first["url"].as_str().unwrap()).await.location();
        let page = desk.sign_in(last, "demo-own").await;
        let goes_on = page.text.contains("chromiumapp.org");
        assert_eq!(goes_on, extension_is_last, "{}", page.text);
    }
    desk.stop().await;
}

#[tokio::test]
async fn the_page_that_asks_whose_sync_it_is_keeps_in_mind_whose_window_it_is_in() {
    let provider = FakeProvider::start().await;
    let gmail = provider.provider(ConnectionKind::Gmail);
    let connect = |settings: &mut ConnectionSettings| settings.providers.push(gmail);
    let house = House::with(Ground::new().await, |_| (), connect).await;
    let bearer = format!("Bearer {}", house.sign_in(&ADA).await.token);
    let (extension, own) = (extension(), house.origin());
    for (number, in_extension) in [true, false].into_iter().enumerate() {
        let (path, key) = ("/api/v1/connections/email/authorize", format!("k-{number}"));
        let headers = [
            ("authorization", bearer.as_str()),
            ("idempotency-key", &key),
            ("origin", &extension),
            READING,
        ];
        let change = r#"{"intent":"change","kind":"gmail"}"#;
        let link = house.send("POST", path, &headers, change).await.json();
        let opened = Desk::in_extension_s_window(&link);
        let [link, opened] = [&link, &opened].map(|one| one["url"].as_str().unwrap());
        let (mine, other) = if in_extension { (opened, link) } else { (link, opened) };
        for url in [mine, other] {
            let asked = house.send("GET", url, &[], "").await;
            assert!(asked.text.contains("Is this your sync?"), "{asked:?}");
        }
        // The other window has been opened last, but nobody goes on in it.
        let start = house.send("POST", mine, &[("origin", &own)], "").await;
        let asked: url::Url = onward(&start).unwrap().parse().unwrap();
        let (_, state) = asked.query_pairs().find(|(name, _)| name == "state").unwrap();
        let back = format!("/oauth/callback?code=c&state={state}");
        let page = house.send("GET", &back, &[], "").await;
        assert!(page.text.contains("The mailbox is connected"), "{page:?}");
        assert_eq!(onward(&page).is_some(), in_extension, "{page:?}");
        assert_eq!(page.text.contains("chromiumapp.org"), in_extension, "{page:?}");
    }
}

#[tokio::test]
async fn a_page_s_own_sign_in_never_goes_on_to_an_extension() {
    let desk = Desk::open().await;
    let authorization = desk.authorize("crm", r#"{"intent":"refresh"}"#).await;
    let page = desk.sign_in(&Desk::in_extension_s_window(&authorization), "demo-own").await;
    assert!(page.text.contains("data-authorization"), "{}", page.text);
    assert!(!page.text.contains("chromiumapp.org"), "{}", page.text);
    desk.stop().await;
}

#[tokio::test]
async fn in_a_window_of_office_s_the_first_page_and_the_last_one_have_office_and_no_other_page_has()
{
    let house = House::open().await;
    let (first, next) = house.office_window().await;
    let back = house.ground.provider.allow(&next, &ADA);
    let last = house.send("GET", back.as_str(), &[], "").await;
    for page in [&first, &last] {
        assert_eq!(page.status, 200, "{page:?}");
        assert_eq!(page.header("cross-origin-opener-policy"), "unsafe-none");
        let (head, body) = page.text.split_once("</head>").unwrap();
        let office = "src=\"https://appsforoffice.microsoft.com/lib/1/hosted/office.js\"";
        assert!(head.contains(office) && !body.contains(office), "{}", page.text);
        assert!(body.contains("src=\"/sign-in/office-dialog.js\""), "{body}");
        assert!(body.contains("allow appsforoffice.microsoft.com"), "{body}");
        let policy = page.header("content-security-policy");
        let scripts =
            "script-src 'self' https://appsforoffice.microsoft.com https://ajax.aspnetcdn.com;";
        assert!(policy.contains(scripts) && !policy.contains("unsafe"), "{policy}");
    }
    assert_eq!(last.data("origin"), Some(house.origin()));
    assert_eq!(onward(&last), None);
    let code = last.data("code").unwrap();
    assert_eq!(house.redeem(&code, VERIFIER).await.status, 200);

    let script = house.send("GET", "/sign-in/office-dialog.js", &[], "").await.text;
    assert!(script.contains("{ targetOrigin: origin }") && !script.contains("postMessage"));
    let window = house.window(&ADA).await;
    assert!(!window.header("content-security-policy").contains("microsoft"));
    assert!(!window.text.contains("office"), "{}", window.text);
}

#[tokio::test]
async fn what_went_wrong_in_a_window_of_office_s_is_handed_over_too() {
    let house = House::open().await;
    let (_, next) = house.office_window().await;
    let back = house.ground.provider.refuse(&next, "access_denied");
    let page = house.send("GET", back.as_str(), &[], "").await;
    assert_eq!(page.data("error").as_deref(), Some("refused"), "{page:?}");
    assert!(page.text.contains("office.js") && page.text.contains("You did not sign in"));
}

#[tokio::test]
async fn a_way_that_the_host_does_not_have_is_refused() {
    let house = House::open().await;
    let own = house.origin();
    for (origin, hand_over, status) in [
        (extension().as_str(), "office_dialog", 422),
        (&own, "carrier_pigeon", 422),
        (&own, "window", 201),
        (&extension(), "window", 201),
    ] {
        let answer = house.begin_from(origin, Some(hand_over)).await;
        assert_eq!(answer.status, status, "{hand_over} from {origin}: {answer:?}");
    }
    let refused = house.begin_from(&extension(), Some("office_dialog")).await;
    assert!(refused.text.contains("Office opens no window"), "{refused:?}");
}

//! Nobody reads or changes what is somebody else's. Every operation of the OpenAPI document is tried, so that a new call
//! cannot be forgotten: one that this test does not know how to make fails it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use sync_api::ConnectionKind;
use sync_service::http::openapi;

use crate::fake_openid::{ADA, Account, BEN};
use crate::fake_provider::FakeProvider;
use crate::house::{Answer, Ground, House, MINUTE, Panel, VERIFIER, challenge};
use crate::support;

/// Stands in everything that is Ada's, and in nothing that is Ben's.
const ADAS: &str = "amber";

/// A command's key that was never used before.
fn key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("key-{}", NEXT.fetch_add(1, Ordering::SeqCst))
}

struct Operation {
    id: String,
    method: String,
    path: String,
    parameters: BTreeSet<String>,
    body: Option<String>,
    asks_for_token: bool,
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&openapi::document().unwrap()).unwrap();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = operation.get("requestBody").map(|_| {
                let either = schema["oneOf"].as_array().cloned().unwrap_or_default();
                let named = either.iter().chain([schema]).find_map(|one| one["$ref"].as_str());
                let named = named.unwrap_or_else(|| panic!("{path}: a body without a name"));
                named.rsplit('/').next().unwrap().to_owned()
            });
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                parameters: parameters
                    .iter()
                    .map(|one| one["name"].as_str().unwrap().to_owned())
                    .collect(),
                body,
                asks_for_token: operation["security"] != json!([{}])
                    && operation["security"] != json!([]),
            });
        }
    }
    assert!(all.len() >= 30, "{}", all.len());
    all
}

/// What is Ada's, by name.
#[derive(Default)]
struct Hers {
    ids: BTreeSet<String>,
    cursors: BTreeMap<String, String>,
    event: String,
}

impl Operation {
    /// Every address of the call with the given ids in it.
    fn addresses(&self, hers: &Hers) -> Vec<String> {
        let mut all = vec![self.path.clone()];
        for (name, values) in [
            ("{id}", hers.ids.iter().cloned().collect::<Vec<_>>()),
            ("{side}", vec!["crm".to_owned(), "email".to_owned()]),
        ] {
            all = all
                .into_iter()
                .flat_map(|path| {
                    if !path.contains(name) {
                        return vec![path];
                    }
                    values.iter().map(|value| path.replace(name, value)).collect()
                })
                .collect();
        }
        assert!(
            !all.iter().any(|path| path.contains('{')),
            "teach this test what stands in {}",
            self.path
        );
        if let Some(cursor) = hers.cursors.get(&self.id) {
            all.push(format!("{}?cursor={cursor}", self.path));
        }
        if self.parameters.contains("q") {
            all.push(format!("{}?q={ADAS}", self.path));
        }
        all
    }

    fn bodies(&self, hers: &Hers) -> Vec<String> {
        let bodies = match self.body.as_deref() {
            None => return vec![String::new()],
            Some("PauseRequest") => vec![json!({})],
            Some("RetryRequest") => {
                let issues: Vec<_> = hers.ids.iter().filter(|id| id.starts_with("i-")).collect();
                vec![json!({ "all": true }), json!({ "issues": issues })]
            }
            Some("AuthorizeRequest") => vec![json!({ "intent": "change", "kind": "gmail" })],
            Some("Credentials") => {
                vec![json!({ "intent": "change", "login": "l", "password": "p" })]
            }
            Some("Grant") => vec![json!({ "grant": "renew" }), json!({ "grant": "local" })],
            Some("SignInRequest") => vec![json!({ "challenge": challenge(VERIFIER) })],
            Some(other) => panic!("teach this test what {other} looks like"),
        };
        bodies.iter().map(Value::to_string).collect()
    }

    async fn call(
        &self,
        house: &House,
        token: Option<&str>,
        path: &str,
        body: &str,
        key: &str,
        event: &str,
    ) -> Answer {
        let (bearer, origin) = (token.map(|token| format!("Bearer {token}")), house.origin());
        let mut headers = vec![("origin", origin.as_str()), ("sync-sidebar", "1")];
        if let Some(bearer) = &bearer {
            headers.push(("authorization", bearer));
        }
        if self.parameters.contains("Idempotency-Key") {
            headers.push(("idempotency-key", key));
        }
        if self.parameters.contains("Last-Event-ID") {
            headers.push(("last-event-id", event));
        }
        house.send(&self.method, &format!("/api/v1{path}"), &headers, body).await
    }

    fn is_stream(&self) -> bool {
        self.id == "follow_sync"
    }
}

/// A message that lies in everybody's mailbox, under a subject of their own.
const ITEM: &str = "item@example.com";

/// A mailbox with a message, and with some contacts that sync and some that do not, all with the word in them.
fn fill(ground: &Ground, account: &Account, word: &str, refused: usize) {
    let contacts = ground.folder_of(account).join("mailbox/contacts");
    std::fs::create_dir_all(&contacts).unwrap();
    let messages = ground.folder_of(account).join("mailbox/messages");
    std::fs::create_dir_all(&messages).unwrap();
    let mail = support::message(ITEM, &format!("{word}@example.org"), "all@example.org", word);
    std::fs::write(messages.join("item.eml"), mail).unwrap();
    for number in 0..refused + 1 {
        let last = if number < refused { "" } else { word };
        let card = format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{word}-{number}\r\nFN:{word} {number}\r\nN:{last};{word} {number};;;\r\nEND:VCARD\r\n"
        );
        let path = contacts.join(format!("{word}-{number}.vcf"));
        std::fs::write(&path, card).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(10)).unwrap();
    }
}

async fn house() -> (House, Panel, Panel) {
    let provider = FakeProvider::start().await;
    let ground = Ground::new().await;
    fill(&ground, &ADA, "Ambermark", 3);
    fill(&ground, &BEN, "Birchmark", 1);
    let gmail = provider.provider(ConnectionKind::Gmail);
    let house = House::with(ground, |_| (), |settings| settings.providers.push(gmail)).await;
    let (ada, ben) = (house.sign_in(&ADA).await, house.sign_in(&BEN).await);
    house.idle(&ADA).await;
    house.idle(&BEN).await;
    house.ground.advance(2 * MINUTE);
    (house, ada, ben)
}

/// Everything that reads answer to the person, by address.
async fn snapshot(
    house: &House,
    panel: &Panel,
    operations: &[Operation],
    hers: &Hers,
) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for operation in operations.iter().filter(|one| one.method == "GET" && !one.is_stream()) {
        for path in operation.addresses(hers) {
            let answer = operation.call(house, Some(&panel.token), &path, "", "", "").await;
            all.insert(format!("{} {path}", operation.id), answer.text);
        }
    }
    all
}

fn ids_in(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(id)
                        if ["id", "record", "session", "authorization"]
                            .contains(&name.as_str()) =>
                    {
                        ids.insert(id.clone());
                    }
                    other => ids_in(other, ids),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| ids_in(item, ids)),
        _ => {}
    }
}

#[tokio::test]
async fn no_call_reads_or_changes_what_is_somebody_elses() {
    let (house, ada, ben) = house().await;
    let operations = operations();

    // Ada has something of everything: sessions, issues, records, connections, a pending authorization, used keys.
    let force = operations.iter().find(|one| one.id == "force_sync").unwrap();
    assert_eq!(
        force.call(&house, Some(&ada.token), "/sync/force", "", "adas-key", "").await.status,
        202
    );
    house.idle(&ADA).await;
    for id in ["pause_sync", "start_sync"] {
        let operation = operations.iter().find(|one| one.id == id).unwrap();
        let path = operation.path.as_str();
        let answer = operation.call(&house, Some(&ada.token), path, "", &key(), "").await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    house.idle(&ADA).await;
    let authorize = operations.iter().find(|one| one.id == "authorize_connection").unwrap();
    let body = json!({ "intent": "change", "kind": "gmail" }).to_string();
    let path = "/connections/email/authorize";
    let begun = authorize.call(&house, Some(&ada.token), path, &body, "adas-key-2", "").await;
    assert_eq!(begun.status, 201, "{begun:?}");

    let mut hers = Hers { event: house.person(&ADA).await.hub().id(1), ..Hers::default() };
    ids_in(&begun.json(), &mut hers.ids);
    let adas_authorization = begun.json()["id"].as_str().unwrap().to_owned();
    for operation in operations.iter().filter(|one| one.method == "GET" && !one.is_stream()) {
        if operation.path.contains('{') {
            continue;
        }
        let answer = operation.call(&house, Some(&ada.token), &operation.path, "", "", "").await;
        ids_in(&answer.json(), &mut hers.ids);
        if operation.parameters.contains("cursor") {
            let first = format!("{}?limit=1", operation.path);
            let page = operation.call(&house, Some(&ada.token), &first, "", "", "").await.json();
            if let Some(cursor) = page["next_cursor"].as_str() {
                hers.cursors.insert(operation.id.clone(), cursor.to_owned());
            }
        }
    }
    hers.ids.insert(ITEM.to_owned());
    let item = operations.iter().find(|one| one.id == "read_item").unwrap();
    let told = item.call(&house, Some(&ada.token), &format!("/items/{ITEM}"), "", "", "").await;
    ids_in(&told.json(), &mut hers.ids);
    for kind in ["s-", "i-", "a-", "m-"] {
        assert!(hers.ids.iter().any(|id| id.starts_with(kind)), "{kind} in {:?}", hers.ids);
    }
    assert!(hers.ids.len() >= 6 && hers.cursors.len() >= 3, "{:?} {:?}", hers.ids, hers.cursors);

    // What she reads herself shows that there is something to be read, and that this test would see it.
    let before = snapshot(&house, &ada, &operations, &hers).await;
    let told: BTreeSet<&str> = before
        .iter()
        .filter(|(_, text)| text.to_lowercase().contains(ADAS))
        .map(|(call, _)| call.split(' ').next().unwrap())
        .collect();
    for id in [
        "read_me",
        "list_issues",
        "read_issue",
        "export_issues",
        "read_record",
        "read_item",
        "list_session_records",
        "list_connections",
        "list_activity",
    ] {
        assert!(told.contains(id), "{id} in {told:?}");
    }

    // Ben tries all of it, with his own token and with none; reading first, then what changes something.
    let mut ordered: Vec<&Operation> = operations.iter().filter(|one| !one.is_stream()).collect();
    ordered.sort_by_key(|one| (one.method != "GET", one.id == "sign_out"));
    let mut tried = BTreeSet::new();
    for operation in ordered {
        for path in operation.addresses(&hers) {
            for body in operation.bodies(&hers) {
                for key in ["adas-key".to_owned(), "adas-key-2".to_owned(), key()] {
                    let event = hers.event.as_str();
                    let answer =
                        operation.call(&house, Some(&ben.token), &path, &body, &key, event).await;
                    let whole = format!("{answer:?}").to_lowercase();
                    assert!(!whole.contains(ADAS), "{} {path}: {whole}", operation.id);
                    assert!(
                        !whole.contains(&adas_authorization),
                        "{} {path}: {whole}",
                        operation.id
                    );
                    let nobody = operation.call(&house, None, &path, &body, &key, event).await;
                    if operation.asks_for_token {
                        assert_eq!(nobody.status, 401, "{} {path}", operation.id);
                    }
                    let whole = format!("{nobody:?}").to_lowercase();
                    assert!(!whole.contains(ADAS), "{} {path}: {whole}", operation.id);
                    tried.insert(operation.id.clone());
                }
            }
        }
    }
    assert_eq!(
        tried.len(),
        operations.len() - 1,
        "all but the stream, which has a test of its own"
    );

    house.idle(&BEN).await;
    let after = snapshot(&house, &ada, &operations, &hers).await;
    assert_eq!(after, before);
    // Her own key still gives her own answer.
    let again = force.call(&house, Some(&ada.token), "/sync/force", "", "adas-key", "").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (202, "true"));
}

async fn read_until(stream: &mut reqwest::Response, text: &mut String, wanted: &str) {
    while !text.contains(wanted) {
        let part = stream.chunk().await.unwrap().expect("the stream goes on");
        text.push_str(std::str::from_utf8(&part).unwrap());
    }
}

async fn stream(house: &House, panel: &Panel, last: &str) -> reqwest::Response {
    let url = house.url.join("/api/v1/sync/events").unwrap();
    let request = house.browser.get(url).header("authorization", format!("Bearer {}", panel.token));
    request.header("last-event-id", last).send().await.unwrap()
}

#[tokio::test]
async fn nobody_hears_of_what_happens_to_somebody_else() {
    let (house, ada, ben) = house().await;
    let (mut hers, mut his) = (stream(&house, &ada, "").await, stream(&house, &ben, "").await);
    let (mut of_ada, mut of_ben) = (String::new(), String::new());
    read_until(&mut his, &mut of_ben, "event: status").await;

    let command = async |panel: &Panel, path: &str| {
        let (bearer, key) = (format!("Bearer {}", panel.token), key());
        let headers = [("authorization", bearer.as_str()), ("idempotency-key", &key)];
        house.send("POST", &format!("/api/v1{path}"), &headers, "").await
    };
    assert_eq!(command(&ada, "/sync/force").await.status, 202);
    house.idle(&ADA).await;
    read_until(&mut hers, &mut of_ada, "\"outcome\":\"succeeded").await;
    assert_eq!(command(&ben, "/sync/pause").await.status, 200);
    read_until(&mut his, &mut of_ben, "\"state\":\"paused\"").await;
    let kinds: Vec<&str> = of_ben.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert!(kinds.iter().all(|kind| ["status", "heartbeat"].contains(kind)), "{kinds:?}");

    let id = of_ada.lines().rev().find_map(|line| line.strip_prefix("id: ")).unwrap();
    let mut resumed = stream(&house, &ben, id).await;
    let mut text = String::new();
    read_until(&mut resumed, &mut text, "event: ").await;
    assert!(text.contains("event: reset"), "an id of hers is none of his: {text}");
}

/// The pages of a sign-in at a provider ask for no token, and their addresses name nobody.
#[tokio::test]
async fn a_connection_that_is_signed_in_to_becomes_that_of_whoever_began_it() {
    let (house, ada, ben) = house().await;
    let (bearer, body) = (format!("Bearer {}", ben.token), r#"{"intent":"change","kind":"gmail"}"#);
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "k")];
    let path = "/api/v1/connections/email/authorize";
    let begun = house.send("POST", path, &headers, body).await.json();
    let url = begun["url"].as_str().unwrap();
    let asked = house.send("GET", url, &[], "").await;
    assert_eq!((asked.status, asked.header("location")), (200, ""), "{asked:?}");
    assert!(asked.text.contains(BEN.email), "it is said whose sync it is: {asked:?}");
    let foreign = house.send("POST", url, &[("origin", "https://evil.example.org")], "").await;
    let silent = house.send("POST", url, &[("origin", "")], "").await;
    assert_eq!((foreign.status, silent.status), (403, 403), "{foreign:?} {silent:?}");
    let own = house.origin();
    let start = house.send("POST", url, &[("origin", own.as_str())], "").await;
    let link = start.text.split("0;url=").nth(1).and_then(|rest| rest.split('"').next());
    let provider = url::Url::parse(&link.unwrap().replace("&amp;", "&")).unwrap();
    let state = provider.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for expected in [200, 400] {
        let page =
            house.send("GET", &format!("/oauth/callback?code=c&state={state}"), &[], "").await;
        assert_eq!(page.status, expected, "{page:?}");
    }
    let kind = async |panel: &Panel| {
        let connections = house.get(panel, "/connections").await.json();
        let items = connections["items"].as_array().unwrap().clone();
        items.iter().find(|one| one["side"] == "email").unwrap()["kind"].clone()
    };
    assert_eq!(kind(&ben).await, "gmail");
    assert_eq!(kind(&ada).await, "local_folder");
}

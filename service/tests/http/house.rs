//! A service that several people sign in to: local engines, an OpenID provider, a real socket, and a clock that stands
//! still until it is told. What a browser and the panel would do is done step by step.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sync_api::Timestamp;
use sync_service::connection::{ConnectionSettings, Secret, Vault};
use sync_service::engine::local::{Clock, LocalSettings};
use sync_service::http::gate::Gate;
use sync_service::http::own_address::OwnAddresses;
use sync_service::http::person::Person;
use sync_service::http::server::{listen, serve};
use sync_service::http::sign_in::TokenLimits;
use sync_service::http::{AppState, HttpSettings};
use sync_service::openid::{AllowList, OpenId, SignInConfiguration, SignInTimes};
use sync_service::people::{LocalPeople, MailboxPlace, People, person_id};
use sync_service::store::PeopleStore;
use tempfile::TempDir;
use tokio::sync::oneshot;
use url::Url;

use crate::fake_openid::{Account, CLIENT, CLIENT_SECRET, FakeOpenId};
use crate::support::{ManualClock, user};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// What stays when the service is started again.
pub(crate) struct Ground {
    pub(crate) folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) provider: FakeOpenId,
}

impl Ground {
    pub(crate) async fn new() -> Self {
        let ground = Self {
            folder: tempfile::tempdir().unwrap(),
            clock: ManualClock::new(),
            provider: FakeOpenId::start().await,
        };
        ground.provider.set_now(ground.clock.now().millis());
        ground
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.provider.set_now(self.clock.now().millis());
    }

    /// A person's own folder.
    pub(crate) fn folder_of(&self, account: &Account) -> PathBuf {
        let id = person_id(&self.provider.issuer(), account.subject);
        self.folder.path().join("people").join(id)
    }
}

pub(crate) struct House {
    pub(crate) ground: Ground,
    pub(crate) open_id: Arc<OpenId>,
    pub(crate) url: Url,
    pub(crate) browser: reqwest::Client,
    /// Everything that was answered: which call it was, and all of the answer.
    pub(crate) answers: Mutex<Vec<(String, String)>>,
    stop: Option<oneshot::Sender<()>>,
    served: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of the renewal cookie that it sets; empty when it is taken away.
    pub(crate) fn cookie(&self) -> Option<String> {
        let set = self.header("set-cookie").strip_prefix("__Host-sync-renewal=")?;
        Some(set.split(';').next().unwrap().to_owned())
    }

    /// What a page holds in a data attribute.
    pub(crate) fn data(&self, name: &str) -> Option<String> {
        let (_, rest) = self.text.split_once(&format!("data-{name}=\""))?;
        Some(rest.split('"').next().unwrap().to_owned())
    }

    #[track_caller]
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_else(|| panic!("no problem: {self:?}")).to_owned()
    }
}

/// A panel that a person has signed in to.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    pub(crate) token: String,
    pub(crate) cookie: String,
}

/// The id of the extension whose pages are the service's own.
pub(crate) const EXTENSION: &str = "bgghaendpgemhbicjfmddlhkjgkeflbd";

pub(crate) const VERIFIER: &str = "visible-panel-verifier-0123456789abcdefghijklmnop";

pub(crate) fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

pub(crate) fn configuration(issuer: String) -> SignInConfiguration {
    SignInConfiguration {
        issuer,
        client_id: CLIENT.to_owned(),
        client_secret: Some(Secret::new(CLIENT_SECRET)),
        scopes: ["openid", "email", "profile"].map(String::from).into(),
        name: "Larkfield ID".to_owned(),
        allowed: AllowList::These {
            domains: ["example.com".to_owned()].into(),
            addresses: Default::default(),
        },
        unverified_addresses: false,
        mailbox: MailboxPlace::OwnFolder,
        people: 10,
    }
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::on(Ground::new().await).await
    }

    pub(crate) async fn on(ground: Ground) -> Self {
        Self::with(ground, |_| (), |_| ()).await
    }

    pub(crate) async fn with(
        ground: Ground,
        change: impl FnOnce(&mut SignInConfiguration),
        connect: impl FnOnce(&mut ConnectionSettings),
    ) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        let now = {
            let clock = ground.clock.clone();
            Arc::new(move || clock.now()) as Arc<dyn Fn() -> Timestamp + Send + Sync>
        };
        let mut sign_in = configuration(ground.provider.issuer());
        change(&mut sign_in);
        let mut connections = ConnectionSettings::new(url.clone());
        connect(&mut connections);
        let store = PeopleStore::open(&ground.folder.path().join("service.db")).await.unwrap();
        let settings = HttpSettings {
            tokens: TokenLimits { life_millis: 600_000, ..TokenLimits::default() },
            ..HttpSettings::new(ground.folder.path())
        };
        let local = LocalPeople {
            folder: ground.folder.path().join("people"),
            mailbox: sign_in.mailbox.clone(),
            engine: LocalSettings {
                interval: Duration::from_secs(10 * 365 * 24 * 3600),
                quiet_after: u32::MAX,
                ..LocalSettings::new("nowhere", user())
            },
            connections,
            vault: Vault::from_file(&ground.folder.path().join("secret.key")).unwrap(),
            clock: ground.clock.clone(),
            now: now.clone(),
        };
        let people = People::open(store.clone(), Arc::new(local), settings.ring).await.unwrap();
        let times = SignInTimes { sign_in: 10 * MINUTE, renewal: 30 * 24 * 60 * MINUTE };
        let open_id = OpenId::new(sign_in, url.clone(), times, store, people, now.clone()).unwrap();
        let open_id = Arc::new(open_id);
        let own = OwnAddresses::new(address, &[]).with_extensions(&[EXTENSION.parse().unwrap()]);
        let state = AppState::new(Gate::OpenId(open_id.clone()), own, settings, now).unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            serve(listener, state, stopped).await.unwrap();
        });
        let no_redirects = reqwest::redirect::Policy::none();
        let browser = reqwest::Client::builder().redirect(no_redirects).no_proxy().build().unwrap();
        let answers = Mutex::default();
        Self { ground, open_id, url, browser, answers, stop: Some(stop), served }
    }

    /// Stops the service and gives back what stays.
    pub(crate) async fn stop(mut self) -> Ground {
        self.stop.take().unwrap().send(()).unwrap();
        self.served.await.unwrap();
        self.ground
    }

    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let url = self.url.join(path).unwrap();
        let mut request = self.browser.request(method.parse().unwrap(), url.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !body.is_empty() {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let answer = request.send().await.unwrap();
        let answer = Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        };
        let whole = format!("{:?}\n{}", answer.headers, answer.text);
        self.answers.lock().unwrap().push((format!("{method} {}", url.path()), whole));
        answer
    }

    /// A call about the session, as the panel makes it.
    pub(crate) async fn session_call(
        &self,
        method: &str,
        path: &str,
        more: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let origin = self.origin();
        let own = [("origin", origin.as_str()), ("sync-sidebar", "1")];
        self.send(method, &format!("/api/v1/session{path}"), &[&own, more].concat(), body).await
    }

    pub(crate) async fn begin(&self) -> Value {
        let body = json!({ "challenge": challenge(VERIFIER) }).to_string();
        let begun = self.session_call("POST", "/sign-ins", &[], &body).await;
        assert_eq!(begun.status, 201, "{begun:?}");
        begun.json()
    }

    /// Where the sign-in's window is sent.
    pub(crate) async fn at_provider(&self, begun: &Value) -> Url {
        let page = self.send("GET", begun["url"].as_str().unwrap(), &[], "").await;
        assert_eq!(page.status, 303, "{page:?}");
        Url::parse(page.header("location")).unwrap()
    }

    /// A sign-in's last page.
    pub(crate) async fn window(&self, account: &Account) -> Answer {
        let begun = self.begin().await;
        let asked = self.at_provider(&begun).await;
        let back = self.ground.provider.allow(&asked, account);
        self.send("GET", back.as_str(), &[], "").await
    }

    pub(crate) async fn redeem(&self, code: &str, verifier: &str) -> Answer {
        let grant = json!({ "grant": "code", "code": code, "verifier": verifier }).to_string();
        self.session_call("POST", "", &[], &grant).await
    }

    /// The whole way in.
    pub(crate) async fn sign_in(&self, account: &Account) -> Panel {
        let page = self.window(account).await;
        assert_eq!(page.status, 200, "{page:?}");
        let answer = self.redeem(&page.data("code").unwrap(), VERIFIER).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        panel(&answer)
    }

    pub(crate) async fn renew(&self, cookie: &str) -> Answer {
        let cookie = format!("__Host-sync-renewal={cookie}");
        self.session_call("POST", "", &[("cookie", &cookie)], r#"{"grant":"renew"}"#).await
    }

    pub(crate) async fn get(&self, panel: &Panel, path: &str) -> Answer {
        let bearer = format!("Bearer {}", panel.token);
        self.send("GET", &format!("/api/v1{path}"), &[("authorization", &bearer)], "").await
    }

    pub(crate) async fn sign_out(&self, panel: &Panel, query: &str) -> Answer {
        let bearer = format!("Bearer {}", panel.token);
        self.session_call("DELETE", query, &[("authorization", &bearer)], "").await
    }

    pub(crate) async fn person(&self, account: &Account) -> Arc<Person> {
        let id = person_id(&self.ground.provider.issuer(), account.subject);
        let all = self.open_id.people().all().await;
        all.into_iter().find(|person| person.id() == id).unwrap()
    }

    /// Waits until no session of the person's runs and none is due.
    pub(crate) async fn idle(&self, account: &Account) {
        let person = self.person(account).await;
        let mut events = person.engine().subscribe();
        loop {
            let status = person.engine().status().await.unwrap();
            let planned = status.next_run_at.is_none_or(|at| at > self.ground.clock.now());
            if planned && status.running.is_none() {
                return;
            }
            let _ = events.recv().await;
        }
    }
}

pub(crate) fn panel(answer: &Answer) -> Panel {
    Panel {
        token: answer.json()["token"].as_str().unwrap().to_owned(),
        cookie: answer.cookie().unwrap(),
    }
}

//! A service as a person has it: the local engine, the demo sign-in, a real socket, and a clock that stands
//! still until it is told. What a browser would do is done page by page.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use serde_json::Value;
use sync_api::{ConnectionKind, Side, Timestamp};
use sync_service::connection::{
    Account, ConnectionSettings, Connections, ExchangeSettings, Provider, Vault,
};
use sync_service::demo_sign_in::DemoSignIn;
use sync_service::engine::local::{Clock, LocalEngine, LocalSettings};
use sync_service::engine::{Engine, EngineEvent};
use sync_service::http::gate::Gate;
use sync_service::http::own_address::OwnAddresses;
use sync_service::http::person::Person;
use sync_service::http::server::{listen, serve};
use sync_service::http::{AppState, HttpSettings};
use sync_service::store::Store;
use tokio::sync::{broadcast, oneshot};
use url::Url;

use crate::house::EXTENSION;
use crate::support::{World, user};

pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) engine: Arc<LocalEngine>,
    pub(crate) connections: Arc<Connections>,
    pub(crate) person: Arc<Person>,
    pub(crate) state: AppState,
    pub(crate) url: Url,
    pub(crate) browser: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    served: tokio::task::JoinHandle<()>,
    keys: std::sync::atomic::AtomicU64,
}

/// What a browser got.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
    pub(crate) url: Url,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where it sends the browser.
    #[track_caller]
    pub(crate) fn location(&self) -> Url {
        assert_eq!(self.status, 303, "{}", self.text);
        self.url.join(self.header("location")).unwrap()
    }

    /// The address of the first link with this text in it.
    #[track_caller]
    pub(crate) fn link(&self, part: &str) -> Url {
        let links = self.text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        let link = links.map(unescaped).find(|link| link.contains(part));
        self.url.join(&link.unwrap_or_else(|| panic!("no link {part} in {}", self.text))).unwrap()
    }

    /// The hidden fields of its form.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let inputs = self.text.split("<input type=\"hidden\" name=\"").skip(1);
        inputs
            .map(|rest| {
                let (name, rest) = rest.split_once("\" value=\"").unwrap();
                (name.to_owned(), unescaped(rest.split('"').next().unwrap()))
            })
            .collect()
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(World::new(), |_| (), |_| ()).await
    }

    /// With other providers or another Exchange; the demo stands in for whatever is not given.
    pub(crate) async fn with(change: impl FnOnce(&mut ConnectionSettings)) -> Self {
        Self::open_with(World::new(), change, |_| ()).await
    }

    pub(crate) async fn open_with(
        world: World,
        change: impl FnOnce(&mut ConnectionSettings),
        engine: impl FnOnce(&mut LocalSettings),
    ) -> Self {
        let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        let now = {
            let clock = world.clock.clone();
            Arc::new(move || clock.now()) as Arc<dyn Fn() -> Timestamp + Send + Sync>
        };
        let store = Store::open(&world.database()).await.unwrap();
        let demo = DemoSignIn::new(store.clone(), url.clone(), user(), now.clone()).unwrap();
        let mut settings = ConnectionSettings {
            providers: demo.providers(),
            exchange: Some(ExchangeSettings::default()),
            ..ConnectionSettings::new(url.clone())
        };
        change(&mut settings);
        let key = world.database().with_file_name("secret.key");
        let vault = Vault::from_file(&key).unwrap();
        let connections =
            Arc::new(Connections::new(store.clone(), vault, settings, now.clone()).unwrap());
        if connections.all().await.unwrap().is_empty() {
            for (side, kind) in [
                (Side::Crm, ConnectionKind::LocalDatabase),
                (Side::Email, ConnectionKind::LocalFolder),
            ] {
                let (account, granted): (Account, _) = demo.first_access(&kind).await.unwrap();
                connections.begin_with(&side, kind, account, Some(granted)).await.unwrap();
            }
        }
        let mut settings = world.settings();
        engine(&mut settings);
        let opened = LocalEngine::open_connected(
            store.clone(),
            settings,
            world.clock.clone(),
            Some(connections.clone()),
        );
        let engine = opened.await.unwrap();
        let site = world.mailbox();
        let http = HttpSettings { demo: Some(Arc::new(demo)), ..HttpSettings::new(site) };
        let own = OwnAddresses::new(address, &[]).with_extensions(&[EXTENSION.parse().unwrap()]);
        let person = Person::new("local", engine.clone(), Arc::new(store), http.ring).unwrap();
        let state = AppState::new(Gate::Local(person.clone()), own, http, now).unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn({
            let state = state.clone();
            async move {
                serve(listener, state, async {
                    let _ = stopped.await;
                })
                .await
                .unwrap();
            }
        });
        let no_redirects = reqwest::redirect::Policy::none();
        let browser = reqwest::Client::builder().redirect(no_redirects).no_proxy().build().unwrap();
        let desk = Self {
            world,
            engine,
            connections,
            person,
            state,
            url,
            browser,
            stop: Some(stop),
            served,
            keys: Default::default(),
        };
        desk.idle().await;
        desk
    }

    /// Waits until no session runs and none is due.
    pub(crate) async fn idle(&self) {
        let mut events = self.engine.subscribe();
        loop {
            let status = self.engine.status().await.unwrap();
            let planned = status.next_run_at.is_none_or(|at| at > self.world.clock.now());
            if planned && status.running.is_none() {
                return;
            }
            // A lagging receiver looks again, too.
            let _ = events.recv().await;
        }
    }

    /// Stops the service and gives its folder and its clock back.
    pub(crate) async fn stop(mut self) -> World {
        self.stop.take().unwrap().send(()).unwrap();
        self.served.await.unwrap();
        self.world
    }

    fn token(&self) -> String {
        let (token, _) = self.state.tokens.grant(&self.person, None, self.state.now()).unwrap();
        token.to_authorization_header()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let url = self.url.join(&format!("/api/v1{path}")).unwrap();
        let answer = self.browser.get(url).header("authorization", self.token()).send().await;
        serde_json::from_str(&answer.unwrap().text().await.unwrap()).unwrap()
    }

    /// A command with a key of its own: the status and the answer.
    pub(crate) async fn command(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        self.command_from(method, path, body, self.url.as_str().trim_end_matches('/')).await
    }

    pub(crate) async fn command_from(
        &self,
        method: &str,
        path: &str,
        body: &str,
        origin: &str,
    ) -> (u16, Value) {
        let number = self.keys.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let url = self.url.join(&format!("/api/v1{path}")).unwrap();
        let mut request = self
            .browser
            .request(method.parse().unwrap(), url)
            .header("authorization", self.token())
            .header("idempotency-key", format!("k-{number}"))
            .header("origin", origin);
        if !body.is_empty() {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    pub(crate) async fn check(&self, side: &str) -> Value {
        let (status, connection) =
            self.command("POST", &format!("/connections/{side}/check"), "").await;
        assert_eq!(status, 200, "{connection}");
        connection
    }

    /// Begins a sign-in.
    pub(crate) async fn authorize(&self, side: &str, body: &str) -> Value {
        let path = format!("/connections/{side}/authorize");
        let (status, authorization) = self.command("POST", &path, body).await;
        assert_eq!(status, 201, "{authorization}");
        assert_eq!(authorization["status"], "pending");
        authorization
    }

    /// What has become of a sign-in.
    pub(crate) async fn outcome(&self, authorization: &Value) -> Value {
        self.get(&format!("/authorizations/{}", authorization["id"].as_str().unwrap())).await
    }

    pub(crate) async fn connection(&self, side: &str) -> Value {
        let all = self.get("/connections").await;
        let items = all["items"].as_array().unwrap();
        items.iter().find(|one| one["side"] == side).unwrap().clone()
    }

    /// A sign-in whose window an extension opens, by the address that it gives to the browser for that.
    pub(crate) fn in_extension_s_window(authorization: &Value) -> Value {
        let mut opened = authorization.clone();
        opened["url"] = format!("{}?window=extension", opened["url"].as_str().unwrap()).into();
        opened
    }

    pub(crate) async fn open_page(&self, url: impl AsRef<str>) -> Page {
        let url = Url::parse(url.as_ref()).unwrap();
        page(self.browser.get(url).send().await.unwrap()).await
    }

    pub(crate) async fn submit(&self, url: &Url, fields: &[(String, String)]) -> Page {
        let origin = self.url.as_str().trim_end_matches('/');
        let request = self.browser.post(url.clone()).header("origin", origin).form(fields);
        page(request.send().await.unwrap()).await
    }

    /// Goes through the demo's pages up to the address that it sends the person back to.
    pub(crate) async fn decide(
        &self,
        authorization: &Value,
        account: &str,
        decision: &str,
        lasts: &str,
    ) -> Url {
        let begun = self.open_page(authorization["url"].as_str().unwrap()).await;
        let choice = self.open_page(begun.location()).await;
        assert_eq!(choice.status, 200);
        let consent = self.open_page(choice.link(&format!("account={account}"))).await;
        let mut fields = consent.fields();
        for (name, value) in [("decision", decision), ("lasts", lasts)] {
            fields.push((name.to_owned(), value.to_owned()));
        }
        let mut action = consent.url.clone();
        action.set_query(None);
        self.submit(&action, &fields).await.location()
    }

    /// Signs in at the demo, to the end.
    pub(crate) async fn sign_in(&self, authorization: &Value, account: &str) -> Page {
        let back = self.decide(authorization, account, "allow", "until_revoked").await;
        self.open_page(back).await
    }

    /// A statement on the database.
    pub(crate) async fn count(&self, select: &'static str) -> i64 {
        let pool = self.world.sql().await;
        let count = sqlx::query_scalar(select).fetch_one(&pool).await.unwrap();
        pool.close().await;
        count
    }

    /// Revokes every access of the person's own account, on the demo's page.
    pub(crate) async fn revoke_all(&self) {
        let pool = self.world.sql().await;
        let select = "SELECT id FROM demo_grant WHERE ended_by IS NULL";
        let grants: Vec<i64> = sqlx::query_scalar(select).fetch_all(&pool).await.unwrap();
        pool.close().await;
        let url = self.url.join("/demo/revoke").unwrap();
        for grant in grants {
            let fields = [("grant".to_owned(), grant.to_string())];
            assert_eq!(self.submit(&url, &fields).await.location().path(), "/demo/");
        }
    }

    pub(crate) async fn status(&self) -> Value {
        self.get("/sync").await
    }
}

async fn page(answer: reqwest::Response) -> Page {
    Page {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        url: answer.url().clone(),
        text: answer.text().await.unwrap(),
    }
}

/// The next event that fits.
pub(crate) async fn next<T>(
    events: &mut broadcast::Receiver<EngineEvent>,
    fits: impl Fn(EngineEvent) -> Option<T>,
) -> T {
    loop {
        if let Some(found) = fits(events.recv().await.unwrap()) {
            return found;
        }
    }
}

/// Serves a router on a free port of the machine.
pub(crate) async fn server(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Puts a provider in the place of the demo's for the same kind.
pub(crate) fn replace(settings: &mut ConnectionSettings, provider: Provider) {
    settings.providers.retain(|one| one.kind != provider.kind);
    settings.providers.push(provider);
}

pub(crate) const MINUTE: Duration = Duration::from_secs(60);

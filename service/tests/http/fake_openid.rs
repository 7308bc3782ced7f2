//! An OpenID provider of the tests' own: it signs with a real key (ES256), holds clients to PKCE, and twists one thing
//! at a time when a test wants it to. What its pages would do, the test does: [`FakeOpenId::allow`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

pub(crate) const CLIENT: &str = "sync-sidebar";
pub(crate) const CLIENT_SECRET: &str = "visible-client-secret";

/// What is wrong with an ID token, or with what comes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Twist {
    Nothing,
    Nonce,
    NoNonce,
    Issuer,
    Audience,
    Expired,
    /// Signed with a key that nobody knows, under the name of the one that everybody does.
    ForeignKey,
    /// The content was changed after it was signed.
    Changed,
    /// Not signed at all.
    Unsigned,
    /// Signed with what only the provider and the client know.
    SharedSecret,
    NoToken,
    NoAddress,
    NotAnAddress,
    UserinfoOfSomebodyElse,
    /// The token endpoint does not know the code.
    CodeNotTaken,
    Broken,
}

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) subject: &'static str,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) verified: Option<bool>,
    /// Whether only the userinfo endpoint tells the address.
    pub(crate) shy: bool,
}

pub(crate) const ADA: Account = Account {
    subject: "sub-ada",
    name: "Ada Amberlight",
    email: "ada.amberlight@example.com",
    verified: Some(true),
    shy: false,
};

pub(crate) const BEN: Account = Account {
    subject: "sub-ben",
    name: "Ben Birchwater",
    email: "ben.birchwater@example.com",
    verified: Some(true),
    shy: false,
};

struct Key {
    id: String,
    pair: EcdsaKeyPair,
}

impl Key {
    fn new(id: &str) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self { id: id.to_owned(), pair }
    }

    fn public(&self) -> Value {
        // 0x04, then x and y: SEC 1 §2.3.3.
        let point = self.pair.public_key().as_ref();
        json!({ "kty": "EC", "use": "sig", "crv": "P-256", "kid": self.id, "alg": "ES256",
            "x": base64(&point[1..33]), "y": base64(&point[33..65]) })
    }

    fn signed(&self, id: &str, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": id });
        let text = format!("{}.{}", base64(header.to_string()), base64(claims.to_string()));
        let signature = self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", base64(signature.as_ref()))
    }
}

struct Given {
    account: Account,
    nonce: String,
    challenge: String,
    redirect: String,
}

struct Provider {
    key: Key,
    issuer: String,
    twist: Twist,
    down: bool,
    names_itself: bool,
    codes: HashMap<String, Given>,
    accounts: HashMap<String, Account>,
    /// Every secret that it has given or was given.
    secrets: Vec<String>,
    asked: Vec<String>,
    now: i64,
}

#[derive(Clone)]
pub(crate) struct FakeOpenId(Arc<Mutex<Provider>>);

impl FakeOpenId {
    pub(crate) async fn start() -> Self {
        let provider = Provider {
            key: Key::new("k1"),
            issuer: String::new(),
            twist: Twist::Nothing,
            down: false,
            names_itself: false,
            codes: HashMap::new(),
            accounts: HashMap::new(),
            secrets: Vec::new(),
            asked: Vec::new(),
            now: 0,
        };
        let fake = Self(Arc::new(Mutex::new(provider)));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(description))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(fake.clone());
        let address = crate::desk::server(router).await;
        fake.0.lock().unwrap().issuer = format!("http://{address}");
        fake
    }

    pub(crate) fn issuer(&self) -> String {
        self.0.lock().unwrap().issuer.clone()
    }

    pub(crate) fn twist(&self, twist: Twist) {
        self.0.lock().unwrap().twist = twist;
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.0.lock().unwrap().down = down;
    }

    pub(crate) fn names_itself(&self) {
        self.0.lock().unwrap().names_itself = true;
    }

    pub(crate) fn set_now(&self, millis: i64) {
        self.0.lock().unwrap().now = millis / 1000;
    }

    pub(crate) fn take_new_key(&self) {
        self.0.lock().unwrap().key = Key::new("k2");
    }

    pub(crate) fn secrets(&self) -> Vec<String> {
        self.0.lock().unwrap().secrets.clone()
    }

    pub(crate) fn asked(&self, path: &str) -> usize {
        self.0.lock().unwrap().asked.iter().filter(|one| *one == path).count()
    }

    /// What its page does when a person allows what `asked` asks for: where it sends the browser.
    pub(crate) fn allow(&self, asked: &Url, account: &Account) -> Url {
        let query: HashMap<String, String> = asked.query_pairs().into_owned().collect();
        let mut provider = self.0.lock().unwrap();
        assert_eq!(
            format!("{}/authorize", provider.issuer),
            format!("{}{}", asked.origin().ascii_serialization(), asked.path())
        );
        assert_eq!(query["client_id"], CLIENT);
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["code_challenge_method"], "S256");
        let mut scopes: Vec<&str> = query["scope"].split(' ').collect();
        scopes.sort_unstable();
        assert_eq!(scopes, ["email", "openid", "profile"]);
        let code = format!("visible-code-{}", provider.codes.len());
        let given = Given {
            account: account.clone(),
            nonce: query["nonce"].clone(),
            challenge: query["code_challenge"].clone(),
            redirect: query["redirect_uri"].clone(),
        };
        provider.secrets.extend([code.clone(), query["state"].clone(), query["nonce"].clone()]);
        provider.codes.insert(code.clone(), given);
        let mut back = Url::parse(&query["redirect_uri"]).unwrap();
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &query["state"]);
        if provider.names_itself {
            let issuer = provider.issuer.clone();
            back.query_pairs_mut().append_pair("iss", &issuer);
        }
        back
    }

    /// What its page does when the person says no.
    pub(crate) fn refuse(&self, asked: &Url, error: &str) -> Url {
        let query: HashMap<String, String> = asked.query_pairs().into_owned().collect();
        let mut back = Url::parse(&query["redirect_uri"]).unwrap();
        back.query_pairs_mut().append_pair("error", error).append_pair("state", &query["state"]);
        back
    }
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

type Answer = Result<axum::Json<Value>, (StatusCode, axum::Json<Value>)>;

fn open<'a>(
    fake: &'a FakeOpenId,
    path: &str,
) -> Result<std::sync::MutexGuard<'a, Provider>, (StatusCode, axum::Json<Value>)> {
    let mut provider = fake.0.lock().unwrap();
    provider.asked.push(path.to_owned());
    if provider.down {
        return Err((StatusCode::SERVICE_UNAVAILABLE, axum::Json(json!({}))));
    }
    Ok(provider)
}

async fn description(State(fake): State<FakeOpenId>) -> Answer {
    let provider = open(&fake, "description")?;
    let at = |path: &str| format!("{}/{path}", provider.issuer);
    Ok(axum::Json(json!({
        "issuer": provider.issuer,
        "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"),
        "userinfo_endpoint": at("userinfo"),
        "jwks_uri": at("keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // More than a client should be content with.
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        "authorization_response_iss_parameter_supported": provider.names_itself,
    })))
}

async fn keys(State(fake): State<FakeOpenId>) -> Answer {
    let provider = open(&fake, "keys")?;
    Ok(axum::Json(json!({ "keys": [provider.key.public()] })))
}

async fn token(
    State(fake): State<FakeOpenId>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Answer {
    let mut provider = open(&fake, "token")?;
    let refused = || (StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_grant" })));
    let basic = BASE64_STANDARD.encode(format!("{CLIENT}:{CLIENT_SECRET}"));
    assert_eq!(headers["authorization"], format!("Basic {basic}"));
    let given = provider.codes.remove(&form["code"]).ok_or_else(refused)?;
    if provider.twist == Twist::CodeNotTaken {
        return Err(refused());
    }
    // A client that does not hold to PKCE does not get anything here.
    assert_eq!(base64(Sha256::digest(form["code_verifier"].as_bytes())), given.challenge);
    assert_eq!(form["redirect_uri"], given.redirect);
    provider.secrets.push(form["code_verifier"].clone());
    let twist = provider.twist;
    if twist == Twist::Broken {
        return Ok(axum::Json(json!({ "visible-nonsense": true })));
    }
    let account = &given.account;
    let mut claims = json!({
        "iss": provider.issuer, "aud": CLIENT, "sub": account.subject, "name": account.name,
        "iat": provider.now, "exp": provider.now + 300, "nonce": given.nonce,
    });
    if !account.shy && twist != Twist::NoAddress {
        claims["email"] = json!(account.email);
        if let Some(verified) = account.verified {
            claims["email_verified"] = json!(verified);
        }
    }
    match twist {
        Twist::Nonce => claims["nonce"] = json!("another"),
        Twist::NoNonce => drop(claims.as_object_mut().unwrap().remove("nonce")),
        Twist::Issuer => claims["iss"] = json!("https://evil.example"),
        Twist::Audience => claims["aud"] = json!(["another-client"]),
        Twist::Expired => claims["exp"] = json!(provider.now),
        Twist::NotAnAddress => claims["email"] = json!("nobody"),
        _ => {}
    }
    let signed = provider.key.signed(&provider.key.id, &claims);
    let parts: Vec<&str> = signed.split('.').collect();
    let id_token = match twist {
        Twist::ForeignKey => Key::new("x").signed(&provider.key.id, &claims),
        Twist::Changed => {
            claims["email"] = json!("root@example.com");
            format!("{}.{}.{}", parts[0], base64(claims.to_string()), parts[2])
        }
        Twist::Unsigned => {
            format!("{}.{}.", base64(json!({ "alg": "none" }).to_string()), parts[1])
        }
        Twist::SharedSecret => {
            let header = base64(json!({ "alg": "HS256", "typ": "JWT" }).to_string());
            let text = format!("{header}.{}", parts[1]);
            let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, CLIENT_SECRET.as_bytes());
            let signature = ring::hmac::sign(&key, text.as_bytes());
            format!("{text}.{}", base64(signature.as_ref()))
        }
        _ => signed,
    };
    let access = format!("visible-access-{}", account.subject);
    provider.secrets.extend([id_token.clone(), access.clone()]);
    provider.accounts.insert(access.clone(), account.clone());
    let mut answer = json!({ "access_token": access, "token_type": "Bearer", "expires_in": 300 });
    if twist != Twist::NoToken {
        answer["id_token"] = json!(id_token);
    }
    Ok(axum::Json(answer))
}

async fn userinfo(State(fake): State<FakeOpenId>, headers: HeaderMap) -> Answer {
    let provider = open(&fake, "userinfo")?;
    let bearer = headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ");
    let account = &provider.accounts[bearer];
    if provider.twist == Twist::NoAddress {
        return Ok(axum::Json(json!({ "sub": account.subject })));
    }
    let subject = match provider.twist {
        Twist::UserinfoOfSomebodyElse => "sub-of-somebody-else",
        _ => account.subject,
    };
    let mut claims = json!({ "sub": subject, "name": account.name, "email": account.email });
    if let Some(verified) = account.verified {
        claims["email_verified"] = json!(verified);
    }
    Ok(axum::Json(claims))
}

//! The OpenID provider that people sign in at: found by discovery, asked with PKCE and a nonce, and believed only when
//! its ID token holds what it should (OpenID Connect Core 1.0 §3.1.3.7).

use std::time::Duration;

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient,
    CoreClientAuthMethod, CoreErrorResponseType, CoreGrantType, CoreIdTokenClaims,
    CoreIdTokenVerifier, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessToken, AdditionalProviderMetadata, AuthType, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, DiscoveryError, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    ProviderMetadata, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    TokenResponse,
};
use reqwest::header::HeaderValue;
use serde::{Deserialize, Serialize};
use sync_api::Timestamp;
use tokio::sync::Mutex;
use url::Url;

use super::SignInConfiguration;
use crate::connection::configuration::check_safe;
use crate::connection::outgoing::{self, Caller, NoAnswer, NoClient};
use crate::connection::{Now, Secret};
use crate::http::sign_in::{NoRandomness, random_hex};

/// How long a provider's description of itself is good. Its keys are looked for earlier when one is missing.
const DESCRIPTION_LIFE: Duration = Duration::from_secs(3600);

/// What a sign-in is begun with: 256 random bits each.
#[derive(Clone)]
pub(super) struct Begun {
    state: Secret,
    nonce: Secret,
    verifier: Secret,
}

impl Begun {
    pub(super) fn new() -> Result<Self, NoRandomness> {
        let random = || random_hex::<32>().map(Secret::new);
        Ok(Self { state: random()?, nonce: random()?, verifier: random()? })
    }

    pub(super) fn state(&self) -> &str {
        self.state.to_send()
    }
}

/// Who has signed in, as the provider says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) subject: String,
    pub(super) name: String,
    /// In lower case.
    pub(super) email: String,
}

/// Why nobody has signed in. The texts are for the log: nothing secret is in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ProviderFailure {
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    #[error("the provider does not take its own code any more")]
    CodeNotTaken,
    #[error("the provider refused the request: {0:?}")]
    Refused(String),
    #[error("the provider's answer does not hold: {0}")]
    Invalid(String),
    #[error("the provider says that the address is not verified")]
    NotVerified,
}

fn invalid(cause: impl Into<String>) -> ProviderFailure {
    ProviderFailure::Invalid(cause.into())
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct MoreMetadata {
    /// RFC 9207 §3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for MoreMetadata {}

type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The provider.
pub(super) struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    scopes: Vec<Scope>,
    /// Whether an address is taken of which the provider does not say that it is the person's.
    unverified_addresses: bool,
    redirect: RedirectUrl,
    caller: Caller,
    now: Now,
    description: Mutex<Option<(Metadata, Timestamp)>>,
}

impl Provider {
    /// Nothing is asked yet: a provider that is down does not keep the service from starting.
    pub(super) fn new(
        configuration: &SignInConfiguration,
        redirect: Url,
        now: Now,
    ) -> Result<Self, NoProvider> {
        let secret = configuration.client_secret.as_ref();
        Ok(Self {
            issuer: IssuerUrl::new(configuration.issuer.clone())?,
            client_id: ClientId::new(configuration.client_id.clone()),
            client_secret: secret.map(|secret| ClientSecret::new(secret.to_send().to_owned())),
            // The library asks for this one by itself.
            scopes: configuration
                .scopes
                .iter()
                .filter(|scope| *scope != "openid")
                .cloned()
                .map(Scope::new)
                .collect(),
            unverified_addresses: configuration.unverified_addresses,
            redirect: RedirectUrl::from_url(redirect),
            caller: Caller(outgoing::client()?),
            now,
            description: Mutex::default(),
        })
    }

    pub(super) fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// Where a person signs in.
    pub(super) async fn authorize_url(&self, begun: &Begun) -> Result<Url, ProviderFailure> {
        let client = self.client(self.metadata(false).await?);
        let (state, nonce) = (begun.state.to_send().to_owned(), begun.nonce.to_send().to_owned());
        let verifier = PkceCodeVerifier::new(begun.verifier.to_send().to_owned());
        let (url, _, _) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || CsrfToken::new(state),
                || Nonce::new(nonce),
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(self.scopes.iter().cloned())
            .url();
        Ok(url)
    }

    /// Whether an answer is from this provider and not from another one (RFC 9207 §2.4): checked before its code is
    /// sent anywhere.
    pub(super) async fn check_issuer(&self, given: Option<&str>) -> Result<(), ProviderFailure> {
        match given {
            Some(given) if given == self.issuer.as_str() => Ok(()),
            Some(_) => Err(invalid("it came from another issuer")),
            None => {
                let metadata = self.metadata(false).await?;
                if metadata.additional_metadata().authorization_response_iss_parameter_supported {
                    return Err(invalid(
                        "it does not name its issuer, which this provider always does",
                    ));
                }
                Ok(())
            }
        }
    }

    /// Exchanges a code for who has signed in.
    pub(super) async fn exchange(
        &self,
        code: &Secret,
        begun: &Begun,
    ) -> Result<Claims, ProviderFailure> {
        let client = self.client(self.metadata(false).await?);
        let request = client
            .exchange_code(AuthorizationCode::new(code.to_send().to_owned()))
            .map_err(|_| invalid("it names no token endpoint"))?
            .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier.to_send().to_owned()));
        let answer: CoreTokenResponse =
            request.request_async(&self.caller).await.map_err(refused)?;
        let nonce = Nonce::new(begun.nonce.to_send().to_owned());
        let claims = match self.verified(&client, &answer, &nonce) {
            // The provider may have taken new keys since it was asked.
            Err(Unverified::OtherKey) => {
                let client = self.client(self.metadata(true).await?);
                self.verified(&client, &answer, &nonce)
            }
            other => other,
        };
        let claims = claims.map_err(|unverified| match unverified {
            Unverified::OtherKey => invalid("the ID token is signed with no key of the provider's"),
            Unverified::Wrong(cause) => invalid(cause),
        })?;
        self.read(&client, &claims, answer.access_token()).await
    }

    fn verified(
        &self,
        client: &Client,
        answer: &CoreTokenResponse,
        nonce: &Nonce,
    ) -> Result<CoreIdTokenClaims, Unverified> {
        let token = answer
            .id_token()
            .ok_or_else(|| Unverified::Wrong("there is no ID token in it".to_owned()))?;
        match token.claims(&self.verifier(client), nonce) {
            Ok(claims) => Ok(claims.clone()),
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey
                | SignatureVerificationError::CryptoError(_),
            )) => Err(Unverified::OtherKey),
            Err(cause) => Err(Unverified::Wrong(format!("ID token: {cause}"))),
        }
    }

    /// Signatures with a key of the provider's alone: neither none at all, nor one that everybody who knows the
    /// client's secret can make.
    fn verifier<'a>(&'a self, client: &'a Client) -> CoreIdTokenVerifier<'a> {
        let now = self.now.clone();
        let verifier = client.id_token_verifier();
        verifier.set_allowed_algs(ASYMMETRIC.iter().cloned()).set_time_fn(move || {
            chrono::DateTime::from_timestamp_millis(now().millis()).unwrap_or_default()
        })
    }

    async fn read(
        &self,
        client: &Client,
        claims: &CoreIdTokenClaims,
        access: &AccessToken,
    ) -> Result<Claims, ProviderFailure> {
        let said = |name: Option<&str>| name.map(clean).filter(|name| !name.is_empty());
        let mut name =
            said(claims.name().and_then(|name| name.get(None)).map(|name| name.as_str()))
                .or_else(|| said(claims.preferred_username().map(|name| name.as_str())));
        let mut email = claims.email().map(|email| email.to_string());
        let mut verified = claims.email_verified();
        if email.is_none() {
            let asked = self.userinfo(client, claims, access).await?;
            email = asked.email().map(|email| email.to_string());
            verified = asked.email_verified();
            name = name.or_else(|| {
                said(asked.name().and_then(|name| name.get(None)).map(|name| name.as_str()))
            });
        }
        let email = email.ok_or_else(|| invalid("it does not say the person's address"))?;
        let email = address(&email).ok_or_else(|| invalid("the person's address is none"))?;
        if verified == Some(false) || (verified.is_none() && !self.unverified_addresses) {
            return Err(ProviderFailure::NotVerified);
        }
        let name = name.unwrap_or_else(|| email.clone());
        Ok(Claims { subject: claims.subject().to_string(), name, email })
    }

    async fn userinfo(
        &self,
        client: &Client,
        claims: &CoreIdTokenClaims,
        access: &AccessToken,
    ) -> Result<CoreUserInfoClaims, ProviderFailure> {
        // The library takes it for granted that a token can stand in a header.
        HeaderValue::from_str(access.secret()).map_err(|_| invalid("its access token is none"))?;
        let request = client
            .user_info(access.clone(), Some(claims.subject().clone()))
            .map_err(|_| invalid("it does not say the person's address"))?;
        request.request_async(&self.caller).await.map_err(|error| match error {
            openidconnect::UserInfoError::Request(cause) => {
                ProviderFailure::Unreachable(cause.to_string())
            }
            openidconnect::UserInfoError::ClaimsVerification(cause) => {
                invalid(format!("userinfo: {cause}"))
            }
            _ => invalid("userinfo: the answer makes no sense"),
        })
    }

    fn client(&self, metadata: Metadata) -> Client {
        let methods = metadata.token_endpoint_auth_methods_supported();
        // What a provider does not say is the first of these, by OpenID Connect Discovery 1.0 §3.
        let basic =
            methods.is_none_or(|all| all.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let kind = if basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        CoreClient::from_provider_metadata(
            metadata,
            self.client_id.clone(),
            self.client_secret.clone(),
        )
        .set_auth_type(kind)
        .set_redirect_uri(self.redirect.clone())
    }

    /// The provider's description of itself, with its keys; asked for anew when it is old, or when `anew`.
    async fn metadata(&self, anew: bool) -> Result<Metadata, ProviderFailure> {
        let mut description = self.description.lock().await;
        let now = (self.now)();
        if let Some((known, until)) = description.as_ref()
            && !anew
            && now < *until
        {
            return Ok(known.clone());
        }
        let found = Metadata::discover_async(self.issuer.clone(), &self.caller).await;
        let found = found.map_err(|error| match error {
            DiscoveryError::Request(cause) => ProviderFailure::Unreachable(cause.to_string()),
            DiscoveryError::Response(status, _, _) => ProviderFailure::Unreachable(format!(
                "it answers {status} when it is asked to describe itself"
            )),
            DiscoveryError::Validation(cause) => invalid(format!("its description: {cause}")),
            _ => invalid("its description of itself makes no sense"),
        })?;
        let endpoints = [
            Some(found.authorization_endpoint().url()),
            found.token_endpoint().map(|one| one.url()),
            found.userinfo_endpoint().map(|one| one.url()),
            Some(found.jwks_uri().url()),
        ];
        for endpoint in endpoints.into_iter().flatten() {
            check_safe(endpoint).map_err(invalid)?;
        }
        let life = i64::try_from(DESCRIPTION_LIFE.as_millis()).unwrap_or(i64::MAX);
        *description = Some((found.clone(), now.plus_millis(life)));
        Ok(found)
    }
}

/// Why a provider cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum NoProvider {
    /// No requests can be made.
    #[error(transparent)]
    Client(#[from] NoClient),
    /// The issuer is no address.
    #[error("the issuer is no address: {0}")]
    Issuer(#[from] url::ParseError),
}

enum Unverified {
    OtherKey,
    Wrong(String),
}

const ASYMMETRIC: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

fn refused(
    error: RequestTokenError<NoAnswer, openidconnect::StandardErrorResponse<CoreErrorResponseType>>,
) -> ProviderFailure {
    match error {
        RequestTokenError::ServerResponse(answer) => match answer.error() {
            CoreErrorResponseType::InvalidGrant => ProviderFailure::CodeNotTaken,
            other => ProviderFailure::Refused(clean(other.as_ref())),
        },
        RequestTokenError::Request(cause) => ProviderFailure::Unreachable(cause.to_string()),
        // What it has answered is not told: there may be tokens in it.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            invalid("the token endpoint's answer makes no sense")
        }
    }
}

/// A name in one line.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect::<String>().trim().to_owned()
}

/// An address in lower case; `None` for what cannot be one.
fn address(text: &str) -> Option<String> {
    let (local, domain) = text.rsplit_once('@')?;
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace());
    (plain && !local.is_empty() && !domain.is_empty() && text.len() <= 320)
        .then(|| text.to_ascii_lowercase())
}

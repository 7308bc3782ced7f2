//! The protocol with a provider: authorization code with PKCE (RFC 6749, RFC 7636), refreshing, giving back
//! (RFC 7009), and asking whose token it is.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::BoxFuture;
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse,
    TokenUrl,
};
use reqwest::Client;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::outgoing::{self, Caller, NO_REQUEST, NoAnswer};
use super::provider::{Endpoints, Provider};
use super::secret::Secret;

/// What a provider has given, as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TokenSet {
    /// For the provider's API.
    pub access: Secret,
    /// For the next access token.
    pub refresh: Option<Secret>,
}

/// An answer of a token endpoint.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The tokens.
    pub tokens: TokenSet,
    /// How long the access token lives.
    pub access_life: Option<Duration>,
    /// How long the access lives, where the provider says so.
    pub life: Option<Duration>,
    /// What was granted, where the provider says so.
    pub scopes: Option<Vec<String>>,
    /// Salesforce's `id` and `instance_url`: they tell production from sandboxes.
    pub(super) addresses: Vec<String>,
}

impl Granted {
    /// Tokens that were given without a code.
    pub fn new(tokens: TokenSet, access_life: Option<Duration>, life: Option<Duration>) -> Self {
        Self { tokens, access_life, life, scopes: None, addresses: Vec::new() }
    }
}

/// What a sign-in needs to be ended: kept encrypted until then.
#[derive(Serialize, Deserialize)]
pub(super) struct Begun {
    pub(super) state: Secret,
    pub(super) verifier: Secret,
}

/// Why there are no tokens, or no account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum OAuthFailure {
    /// The provider says no, with its reasons.
    Refused {
        /// A code of RFC 6749 §5.2, or one of the provider's own.
        error: String,
        /// In its own words.
        description: String,
    },
    /// It could not be asked, or its answer is none.
    Unreachable(&'static str),
}

impl From<NoAnswer> for OAuthFailure {
    fn from(cause: NoAnswer) -> Self {
        Self::Unreachable(cause.0)
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct MoreFields {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    instance_url: Value,
    #[serde(default)]
    refresh_token_expires_in: Value,
}

impl ExtraTokenFields for MoreFields {}

type Answered = StandardTokenResponse<MoreFields, BasicTokenType>;

type ProviderClient = oauth2::Client<
    BasicErrorResponse,
    Answered,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// A provider, as one customer reaches it.
#[derive(Clone, Debug)]
pub(super) struct Party<'a> {
    pub(super) provider: &'a Provider,
    pub(super) endpoints: Endpoints,
    pub(super) redirect: &'a Url,
    pub(super) http: &'a Client,
}

impl Party<'_> {
    fn client(&self) -> ProviderClient {
        let client = oauth2::Client::new(ClientId::new(self.provider.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(self.endpoints.authorize.clone()))
            .set_token_uri(TokenUrl::from_url(self.endpoints.token.clone()))
            .set_redirect_uri(RedirectUrl::from_url(self.redirect.clone()));
        match &self.provider.client_secret {
            Some(secret) => client
                .set_client_secret(ClientSecret::new(secret.to_send().to_owned()))
                .set_auth_type(oauth2::AuthType::RequestBody),
            None => client,
        }
    }

    /// What a new sign-in is begun with: a state and a verifier of 256 random bits each.
    pub(super) fn begin() -> Begun {
        let (_, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = CsrfToken::new_random_len(32);
        Begun {
            state: Secret::new(state.into_secret()),
            verifier: Secret::new(verifier.into_secret()),
        }
    }

    /// Where a person signs in.
    pub(super) fn authorize_url(&self, begun: &Begun, login_hint: Option<&str>) -> Url {
        let verifier = PkceCodeVerifier::new(begun.verifier.to_send().to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let state = CsrfToken::new(begun.state.to_send().to_owned());
        let client = self.client();
        let mut request = client
            .authorize_url(|| state)
            .set_pkce_challenge(challenge)
            .add_scopes(self.provider.scopes.iter().cloned().map(Scope::new));
        for (name, value) in &self.provider.more {
            request = request.add_extra_param(name, value);
        }
        if let Some(account) = login_hint {
            request = request.add_extra_param("login_hint", account);
        }
        request.url().0
    }

    /// Exchanges a code.
    pub(super) async fn exchange(
        &self,
        code: &Secret,
        begun: &Begun,
    ) -> Result<Granted, OAuthFailure> {
        let code = AuthorizationCode::new(code.to_send().to_owned());
        let verifier = PkceCodeVerifier::new(begun.verifier.to_send().to_owned());
        let (http, client) = (Caller(self.http.clone()), self.client());
        // Boxed: the compiler cannot see through the borrows of the future within.
        let answered: BoxFuture<'_, _> =
            Box::pin(client.exchange_code(code).set_pkce_verifier(verifier).request_async(&http));
        Ok(granted(&answered.await.map_err(refused)?, None))
    }

    /// Asks for a new access token. The refresh token may be another one from then on.
    pub(super) async fn refresh(&self, refresh: &Secret) -> Result<Granted, OAuthFailure> {
        let token = RefreshToken::new(refresh.to_send().to_owned());
        let (http, client) = (Caller(self.http.clone()), self.client());
        let answered: BoxFuture<'_, _> =
            Box::pin(client.exchange_refresh_token(&token).request_async(&http));
        Ok(granted(&answered.await.map_err(refused)?, Some(refresh)))
    }

    /// Gives the access back. Whoever does not take it back lets it run out.
    pub(super) async fn revoke(&self, tokens: &TokenSet) {
        let Some(url) = &self.endpoints.revoke else {
            return;
        };
        let (token, hint) = match &tokens.refresh {
            Some(refresh) => (refresh, "refresh_token"),
            None => (&tokens.access, "access_token"),
        };
        let mut form = vec![
            ("token", token.to_send()),
            ("token_type_hint", hint),
            ("client_id", self.provider.client_id.as_str()),
        ];
        if let Some(secret) = &self.provider.client_secret {
            form.push(("client_secret", secret.to_send()));
        }
        let Ok(request) = self.http.post(url.clone()).form(&form).build() else {
            return;
        };
        match outgoing::send(self.http, request).await {
            Ok(answer) if answer.status.is_success() => {}
            Ok(answer) => {
                tracing::warn!(status = answer.status.as_u16(), "a token was not taken back");
            }
            Err(cause) => tracing::warn!(%cause, "a token could not be given back"),
        }
    }

    /// What the provider says about the token's owner.
    pub(super) async fn userinfo(
        &self,
        access: &Secret,
    ) -> Result<HashMap<String, Value>, OAuthFailure> {
        let request = self.http.get(self.endpoints.userinfo.clone()).bearer_auth(access.to_send());
        let request = request.build().map_err(|_| OAuthFailure::Unreachable(NO_REQUEST))?;
        let answer = outgoing::send(self.http, request).await?;
        match answer.status.as_u16() {
            200 => serde_json::from_slice(&answer.body)
                .map_err(|_| OAuthFailure::Unreachable("its answer makes no sense")),
            // Salesforce answers 403 to a token that is none.
            401 | 403 => Err(OAuthFailure::Refused {
                error: "invalid_token".to_owned(),
                description: String::new(),
            }),
            _ => Err(OAuthFailure::Unreachable("it is out of order")),
        }
    }
}

fn granted(answered: &Answered, before: Option<&Secret>) -> Granted {
    let more = answered.extra_fields();
    let refresh = answered.refresh_token().map(|token| Secret::new(token.secret().clone()));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Granted {
        tokens: TokenSet {
            access: Secret::new(answered.access_token().secret().clone()),
            // A provider that does not rotate says nothing: the old one stays good.
            refresh: refresh.or_else(|| before.cloned()),
        },
        access_life: answered.expires_in(),
        life: more.refresh_token_expires_in.as_u64().map(Duration::from_secs),
        scopes: answered
            .scopes()
            .map(|scopes| scopes.iter().map(|scope| scope.to_string()).collect()),
        addresses: [&more.id, &more.instance_url].into_iter().filter_map(text).collect(),
    }
}

fn refused(error: RequestTokenError<NoAnswer, BasicErrorResponse>) -> OAuthFailure {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let error: &BasicErrorResponseType = answer.error();
            OAuthFailure::Refused {
                error: error.to_string(),
                description: answer.error_description().cloned().unwrap_or_default(),
            }
        }
        RequestTokenError::Request(cause) => OAuthFailure::Unreachable(cause.0),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            OAuthFailure::Unreachable("its answer makes no sense")
        }
    }
}

//! Requests to others: bounded in time and size, never redirected, and never through somebody else's proxy
//! unless the environment names one for providers.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::BoxFuture;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client, ClientBuilder, Request, StatusCode};
use rustls::pki_types::CertificateDer;
use url::Url;

/// How long a connection may take to come about, and a whole answer.
const CONNECT: Duration = Duration::from_secs(4);
const ANSWER: Duration = Duration::from_secs(8);

/// More than any answer that is asked for.
const ANSWER_BYTES: usize = 256 * 1024;

/// An answer that was read to its end.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) content_type: Option<HeaderValue>,
    pub(super) body: Vec<u8>,
}

/// No answer came. The text tells how, and nothing of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoAnswer(pub(super) &'static str);

/// A client cannot be made: the system's TLS set-up is broken.
#[derive(Debug, thiserror::Error)]
#[error("no client for outgoing requests can be made: {0}")]
pub struct NoClient(#[from] reqwest::Error);

/// A client for providers.
pub(crate) fn client() -> Result<Client, NoClient> {
    client_that_trusts(&[])
}

/// The same, which takes these certificates, too, for those of somebody whom the system trusts.
pub(super) fn client_that_trusts(also: &[CertificateDer<'static>]) -> Result<Client, NoClient> {
    let also: Vec<Certificate> =
        also.iter().map(|one| Certificate::from_der(one)).collect::<Result<_, _>>()?;
    build(|| builder().https_only(false).tls_certs_merge(also.clone()))
}

/// A client for one server of a person's choice: it connects to these addresses and no others, whatever the
/// name says by then, and past no proxy.
pub(super) fn pinned_client(host: &str, addresses: &[SocketAddr]) -> Result<Client, NoClient> {
    build(|| builder().no_proxy().resolve_to_addrs(host, addresses))
}

fn builder() -> ClientBuilder {
    // Set already when this is not the first client.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .user_agent(concat!("sync-sidebar/", env!("CARGO_PKG_VERSION")))
}

fn build(builder: impl Fn() -> ClientBuilder) -> Result<Client, NoClient> {
    match builder().build() {
        Ok(client) => Ok(client),
        Err(error) => {
            // A machine without certificates still reaches what is on it.
            tracing::warn!(%error, "no trusted certificates were found: install the system's ca-certificates");
            Ok(builder().tls_certs_only([]).build()?)
        }
    }
}

/// Sends a request and reads the answer.
pub(super) async fn send(client: &Client, request: Request) -> Result<Answer, NoAnswer> {
    let mut response = client.execute(request).await.map_err(|error| failed(&error))?;
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| failed(&error))? {
        if body.len() + part.len() > ANSWER_BYTES {
            return Err(NoAnswer("its answer is too large"));
        }
        body.extend_from_slice(&part);
    }
    let content_type = response.headers_mut().remove(CONTENT_TYPE);
    Ok(Answer { status: response.status(), content_type, body })
}

/// Carries the requests of the protocols' own libraries.
pub(crate) struct Caller(pub(crate) Client);

impl<'c> AsyncHttpClient<'c> for Caller {
    type Error = NoAnswer;
    type Future = BoxFuture<'c, Result<HttpResponse, NoAnswer>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(call(&self.0, request))
    }
}

/// What is said when a request cannot even be written.
pub(super) const NO_REQUEST: &str = "the request could not be made";

async fn call(client: &Client, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    let (parts, body) = request.into_parts();
    let url = Url::parse(&parts.uri.to_string()).map_err(|_| NoAnswer(NO_REQUEST))?;
    let mut request = Request::new(parts.method, url);
    *request.headers_mut() = parts.headers;
    *request.body_mut() = Some(body.into());
    let answer = send(client, request).await?;
    let mut response = HttpResponse::new(answer.body);
    *response.status_mut() = answer.status;
    if let Some(content_type) = answer.content_type {
        response.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    Ok(response)
}

fn failed(error: &reqwest::Error) -> NoAnswer {
    NoAnswer(if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "no connection came about, or its certificate is not trusted"
    } else {
        "the connection broke"
    })
}

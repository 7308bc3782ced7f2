//! Authorizations: one attempt of a person to sign in at a provider. The resource is the truth; a message
//! from the sign-in window only hints that it is worth reading now.

use crate::decode::{quoted, wire};
use crate::open_enum::open_enum;
use crate::{AuthorizationId, ConnectionKind, Reason, Side, Timestamp};
#[cfg(feature = "service")]
use serde::{Deserialize, Serialize};

open_enum! {
    /// What a sign-in is for.
    Intent {
        /// The same account again.
        Refresh = "refresh",
        /// Another account or kind.
        Change = "change",
    }
}

open_enum! {
    /// What has become of a sign-in. All but `pending` are final.
    AuthorizationStatus {
        /// The person has not come back yet.
        Pending = "pending",
        /// The side is connected.
        Succeeded = "succeeded",
        /// The person, or the provider, said no.
        Refused = "refused",
        /// The person signed in as somebody else than the connection's account.
        WrongAccount = "wrong_account",
        /// The account is of another kind than was asked for.
        WrongKind = "wrong_kind",
        /// The person came back too late, or not at all.
        Expired = "expired",
        /// Something went wrong on the way.
        Failed = "failed",
        /// The person gave up, or began another one for the same side.
        Cancelled = "cancelled",
    }
}

wire! {
    /// The answer to `POST /connections/{side}/authorize` and to `GET /authorizations/{id}`.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Authorization {
        /// Names it.
        pub id: AuthorizationId,
        /// The side that is to be connected.
        pub side: Side,
        /// What it is for.
        pub intent: Intent,
        /// The kind that was asked for.
        pub kind: ConnectionKind,
        /// The domain of a custom kind.
        pub domain: Option<String>,
        /// What has become of it.
        pub status: AuthorizationStatus,
        /// Where to sign in: works in any browser, without anything of the panel's. Absent once it has ended.
        pub url: Option<String>,
        /// When it began.
        pub created_at: Timestamp,
        /// When `url` stops working.
        pub expires_at: Timestamp,
        /// The account that was expected, when it is to be the same again.
        pub expected_account: Option<String>,
        /// The account that the person signed in as.
        pub account: Option<String>,
        /// Why it did not succeed, and what to do.
        pub cause: Option<Reason>,
    }
}

/// The body of `POST /connections/{side}/authorize`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(Serialize, Deserialize, utoipa::ToSchema))]
#[cfg_attr(feature = "service", serde(deny_unknown_fields))]
pub struct AuthorizeRequest {
    /// The same account again, or another one.
    #[cfg_attr(feature = "service", schema(schema_with = intent_words))]
    pub intent: Intent,
    /// The kind to connect to; without it, the present one.
    #[cfg_attr(feature = "service", serde(default, skip_serializing_if = "Option::is_none"))]
    pub kind: Option<ConnectionKind>,
    /// The domain, for a kind that needs one: a host name below force.com, salesforce.com, siteforce.com
    /// or my.site.com, without a scheme, a port or a path.
    #[cfg_attr(feature = "service", serde(default, skip_serializing_if = "Option::is_none"))]
    #[cfg_attr(feature = "service", schema(max_length = 253, example = "acme.my.site.com"))]
    pub domain: Option<String>,
}

/// A request's words are a closed set, unlike those of an answer.
#[cfg(feature = "service")]
pub(crate) fn intent_words() -> utoipa::openapi::Object {
    utoipa::openapi::schema::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .enum_values(Some(Intent::WORDS.iter().copied()))
        .build()
}

impl AuthorizeRequest {
    /// The JSON of the request's body.
    pub fn encode(&self) -> String {
        let mut body = [r#"{"intent":"#, &quoted(self.intent.as_str())].concat();
        let kind = self.kind.as_ref().map(ConnectionKind::as_str);
        for (name, value) in [("kind", kind), ("domain", self.domain.as_deref())] {
            if let Some(value) = value {
                body.push_str(&[",\"", name, "\":", &quoted(value)].concat());
            }
        }
        body.push('}');
        body
    }
}

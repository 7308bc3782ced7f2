//! Issues: records that cannot sync, each with a cause, and the causes with their counts.

use crate::decode::{Decode, DecodeError, Json, listed, wire};
use crate::open_enum::open_enum;
use crate::{Code, Direction, IssueId, Operation, RecordId, RecordType, Severity, Side, Timestamp};

open_enum! {
    /// Where an issue stands.
    IssueState {
        /// It is there, and nobody has looked away.
        Open = "open",
        /// A session is trying the record again.
        Retrying = "retrying",
        /// It no longer occurs.
        Resolved = "resolved",
        /// It is there, and a person does not want to hear of it.
        Muted = "muted",
    }
}

wire! {
    /// One record that cannot sync.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Issue {
        /// Its name.
        pub id: IssueId,
        /// The record's type.
        pub record_type: RecordType,
        /// A person's name or a subject; the file's name where the record could not be read.
        pub name: String,
        /// The side that was to be written to.
        pub direction: Direction,
        /// What was tried: `created`, `updated` or `deleted`.
        pub operation: Operation,
        /// How much it matters.
        pub severity: Severity,
        /// The CRM's code, or the engine's.
        pub code: Code,
        /// The words of whoever refused.
        pub message: String,
        /// The group that it belongs to, see [`IssueCause::cause`].
        pub cause: String,
        /// The fields that it is about, by the CRM's names.
        #[cfg_attr(feature = "service", serde(default))]
        pub fields: Vec<String>,
        /// When it was first met, since it was last resolved.
        pub first_seen: Timestamp,
        /// When it was last met.
        pub last_seen: Timestamp,
        /// In how many sessions it was met.
        pub occurrences: u64,
        /// Where it stands.
        pub state: IssueState,
        /// Whether the engine tries again by itself with a fair hope; if not, somebody must act.
        pub retries: bool,
        /// When it was resolved; absent while it lasts.
        pub resolved_at: Option<Timestamp>,
        /// The record on each side where it is.
        #[cfg_attr(feature = "service", serde(default))]
        pub links: Vec<RecordLink>,
    }
}

wire! {
    /// A way to a record on one side.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RecordLink {
        /// Which side.
        pub side: Side,
        /// Opens it in that system: `https:`, or the host's own scheme. Absent where the system has no page.
        pub url: Option<String>,
        /// Shows it through `GET /records/{side}/{id}`. Absent where the vendor does not.
        pub record: Option<RecordId>,
    }
}

wire! {
    /// Issues with the same cause, counted: an item of `GET /issues/causes`, the most frequent first.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct IssueCause {
        /// Names the group, for `cause=` and for `POST /issues/retry`: the code, and for refused
        /// values its field. At most 200 characters. Opaque.
        pub cause: String,
        /// The code that its issues have in common.
        pub code: Code,
        /// The field that its issues have in common, by the CRM's name.
        pub field: Option<String>,
        /// The words of whoever refused, from the newest of its issues.
        pub message: String,
        /// The highest severity among its issues.
        pub severity: Severity,
        /// Whether the engine tries again by itself with a fair hope.
        pub retries: bool,
        /// How many are open or being retried.
        pub open: u64,
        /// How many are muted.
        pub muted: u64,
        /// When the oldest of them was first met.
        pub first_seen: Timestamp,
        /// When the newest of them was last met.
        pub last_seen: Timestamp,
    }
}

/// The answer to `GET /issues/causes`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema))]
pub struct IssueCauses {
    /// At most 200, the most frequent first.
    pub items: Vec<IssueCause>,
    /// When the last open issue went, where there is none: since then all is well.
    pub clear_since: Option<Timestamp>,
}

impl Decode for IssueCauses {
    fn decode(json: &Json) -> Result<Self, DecodeError> {
        Ok(Self {
            items: listed(json.field("items"))?,
            clear_since: Decode::decode(json.field("clear_since"))?,
        })
    }
}

/// The body of `POST /issues/retry`: exactly one of the three.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "service", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "service", serde(rename_all = "snake_case", try_from = "RetryFields"))]
pub enum RetryRequest {
    /// These issues, 1 to 200.
    Issues(Vec<IssueId>),
    /// Every open issue of this cause.
    Cause(String),
    /// Every open issue: `{"all": true}`.
    All(bool),
}

impl RetryRequest {
    /// The JSON of the request's body.
    pub fn encode(&self) -> String {
        match self {
            Self::Issues(ids) => {
                let names: Vec<&str> = ids.iter().map(IssueId::as_str).collect();
                [r#"{"issues":[""#, &names.join(r#"",""#), r#""]}"#].concat()
            }
            Self::Cause(cause) => [r#"{"cause":"#, &crate::decode::quoted(cause), "}"].concat(),
            Self::All(all) => [r#"{"all":"#, if *all { "true" } else { "false" }, "}"].concat(),
        }
    }
}

/// The body as it comes, before it is known to say one thing.
#[cfg(feature = "service")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RetryFields {
    issues: Option<Vec<IssueId>>,
    cause: Option<String>,
    all: Option<bool>,
}

#[cfg(feature = "service")]
impl TryFrom<RetryFields> for RetryRequest {
    type Error = &'static str;

    fn try_from(fields: RetryFields) -> Result<Self, Self::Error> {
        match (fields.issues, fields.cause, fields.all) {
            (Some(issues), None, None) => Ok(Self::Issues(issues)),
            (None, Some(cause), None) => Ok(Self::Cause(cause)),
            (None, None, Some(all)) => Ok(Self::All(all)),
            _ => Err("send one of `issues`, `cause` and `all`"),
        }
    }
}

/// By hand, since it says what a derived one cannot: how many there may be, and nothing else.
#[cfg(feature = "service")]
impl utoipa::PartialSchema for RetryRequest {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{
            AdditionalProperties, ArrayBuilder, Object, ObjectBuilder, OneOfBuilder, Ref, Schema,
            Type,
        };
        let only = |name: &str, value: utoipa::openapi::RefOr<Schema>, text: &str| -> Object {
            ObjectBuilder::new()
                .property(name, value)
                .required(name)
                .description(Some(text))
                .additional_properties(Some(AdditionalProperties::FreeForm(false)))
                .build()
        };
        let ids = ArrayBuilder::new()
            .items(Ref::from_schema_name("IssueId"))
            .min_items(Some(1))
            .max_items(Some(200))
            .build();
        let cause = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).build();
        let all = ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([true])).build();
        OneOfBuilder::new()
            .item(only("issues", Schema::Array(ids).into(), "These issues."))
            .item(only("cause", cause.into(), "Every open issue of this cause."))
            .item(only("all", all.into(), "Every open issue."))
            .description(Some("Which issues to try again: exactly one of the three."))
            .into()
    }
}

#[cfg(feature = "service")]
impl utoipa::ToSchema for RetryRequest {
    fn schemas(
        schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
    ) {
        use utoipa::PartialSchema;
        schemas.push((IssueId::name().into_owned(), IssueId::schema()));
    }
}

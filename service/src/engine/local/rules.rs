//! What the CRM's administrator decides about records: validation rules, locks and accounts.
//!
//! All of it is edited by hand with SQL, so a rule may make no sense. Such a rule refuses what it
//! would have judged and names itself: letting records pass would hide that it does not work.

use super::contact::{ContactFields, Field};
use super::crm::CrmError;
use super::event::{EventField, EventFields};
use super::message::{MESSAGE_FIELDS, Mail};
use super::refusal::{
    CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY, ENTITY_IS_LOCKED, FIELD_CUSTOM_VALIDATION_EXCEPTION,
    INVALID_CROSS_REFERENCE_KEY, Refused, UNABLE_TO_LOCK_ROW,
};
use regex::RegexBuilder;
use sqlx::sqlite::SqliteConnection;
use std::borrow::Cow;

/// The most memory that a rule's regular expression may take, in bytes.
const REGEX_SIZE: usize = 1 << 20;

/// When a rule refuses a field's value.
#[derive(Debug)]
enum Condition {
    IsEmpty,
    LongerThan(usize),
    Matches(regex::Regex),
    NotMatches(regex::Regex),
    Equals(String),
    NotOneOf(Vec<String>),
}

impl Condition {
    fn parse(word: &str, argument: &str) -> Result<Self, String> {
        let regex = || {
            RegexBuilder::new(argument)
                .size_limit(REGEX_SIZE)
                .build()
                .map_err(|_| format!("\"{argument}\" is no regular expression"))
        };
        match word {
            "is_empty" => Ok(Self::IsEmpty),
            "longer_than" => argument
                .trim()
                .parse()
                .map(Self::LongerThan)
                .map_err(|_| format!("\"{argument}\" is no number of characters")),
            "matches" => regex().map(Self::Matches),
            "not_matches" => regex().map(Self::NotMatches),
            "equals" => Ok(Self::Equals(argument.to_owned())),
            "not_one_of" => serde_json::from_str(argument)
                .map(Self::NotOneOf)
                .map_err(|_| format!("\"{argument}\" is no JSON array of texts")),
            _ => Err(format!("there is no condition \"{word}\"")),
        }
    }

    /// An empty value is only for `is_empty` and `equals` to judge: whether a field may be empty is
    /// another question than what may be in it.
    fn holds(&self, value: &str) -> bool {
        match self {
            Self::IsEmpty => value.is_empty(),
            Self::Equals(text) => value == text,
            Self::LongerThan(most) => value.chars().count() > *most,
            _ if value.is_empty() => false,
            Self::Matches(regex) => regex.is_match(value),
            Self::NotMatches(regex) => !regex.is_match(value),
            Self::NotOneOf(allowed) => !allowed.iter().any(|text| text == value),
        }
    }
}

/// What rules and locks are about, by the words in `crm_validation_rule` and `crm_lock`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    Contact,
    Event,
    Email,
}

impl Judged {
    const ALL: [Self; 3] = [Self::Contact, Self::Event, Self::Email];

    fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Event => "event",
            Self::Email => "email",
        }
    }

    /// The CRM's name of a field that such a record has.
    fn field(self, name: &str) -> Option<&'static str> {
        let is_named = |known: &&'static str| *known == name;
        match self {
            Self::Contact => Field::ALL.into_iter().map(Field::crm_name).find(is_named),
            Self::Event => EventField::ALL.into_iter().map(EventField::crm_name).find(is_named),
            Self::Email => MESSAGE_FIELDS.into_iter().find(is_named),
        }
    }
}

/// A rule's row: its record type, name, field, condition, argument and message.
type Row = (String, String, String, String, String, String);

/// A rule that can judge, or what it answers to everything because it cannot.
#[derive(Debug)]
struct Rule {
    judged: Judged,
    verdict: Result<(&'static str, Condition, String), Refused>,
}

impl Rule {
    /// `None` for a rule about records that are not brought into the CRM.
    fn compile((judged, name, field, condition, argument, message): &Row) -> Option<Self> {
        let judged = Judged::ALL.into_iter().find(|known| known.as_str() == judged)?;
        let broken = |why: String| {
            Refused::new(
                CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY,
                Vec::new(),
                format!(
                    "The CRM's rule \"{name}\" does not work: {why}. Its administrator has to put it right."
                ),
            )
        };
        let known = judged
            .field(field)
            .ok_or_else(|| broken(format!("there is no field \"{field}\" in this type of record")));
        let verdict = known.and_then(|known| {
            let condition = Condition::parse(condition, argument).map_err(broken)?;
            Ok((known, condition, message.clone()))
        });
        Some(Self { judged, verdict })
    }
}

/// The administrator's active rules, read and compiled. Who writes to the CRM reads them in the transaction of
/// the write: until it ends nobody can change them.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rows: Vec<Row>,
    rules: Vec<Rule>,
    company_must_exist: bool,
}

impl Rules {
    pub(super) async fn load(connection: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let mut rules = Self::default();
        rules.refresh(connection).await?;
        Ok(rules)
    }

    /// Reads the rules again. Those that are as before need not be compiled again.
    pub(super) async fn refresh(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<(), sqlx::Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT record_type, name, field, condition, argument, message
             FROM crm_validation_rule WHERE active <> 0 ORDER BY id",
        )
        .fetch_all(&mut *connection)
        .await?;
        if rows != self.rows {
            self.rules = rows.iter().filter_map(Rule::compile).collect();
            self.rows = rows;
        }
        self.company_must_exist = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM crm_setting WHERE name = 'company_must_exist' AND value = 'on')",
        )
        .fetch_one(connection)
        .await?;
        Ok(())
    }

    /// Refuses a contact that a rule is against, or whose company is no account while it has to be one.
    pub(super) async fn check_contact(
        &self,
        connection: &mut SqliteConnection,
        contact: &ContactFields,
    ) -> Result<(), CrmError> {
        self.check(Judged::Contact, |name| {
            let field = Field::ALL.into_iter().find(|field| field.crm_name() == name);
            Cow::Borrowed(field.map_or("", |field| contact.get(field)))
        })?;
        self.check_company(connection, contact.get(Field::Company)).await
    }

    /// Refuses an event that a rule is against.
    pub(super) fn check_event(&self, event: &EventFields) -> Result<(), Refused> {
        self.check(Judged::Event, |name| {
            let field = EventField::ALL.into_iter().find(|field| field.crm_name() == name);
            Cow::Borrowed(field.map_or("", |field| event.get(field)))
        })
    }

    /// Refuses a message that a rule is against.
    pub(super) fn check_message(&self, mail: &Mail) -> Result<(), Refused> {
        self.check(Judged::Email, |name| mail.value(name))
    }

    fn check<'v>(
        &self,
        judged: Judged,
        value: impl Fn(&'static str) -> Cow<'v, str>,
    ) -> Result<(), Refused> {
        for rule in self.rules.iter().filter(|rule| rule.judged == judged) {
            let (field, condition, message) = rule.verdict.as_ref().map_err(Clone::clone)?;
            if condition.holds(&value(field)) {
                let code = FIELD_CUSTOM_VALIDATION_EXCEPTION;
                return Err(Refused::new(code, vec![field], message.clone()));
            }
        }
        Ok(())
    }

    async fn check_company(
        &self,
        connection: &mut SqliteConnection,
        company: &str,
    ) -> Result<(), CrmError> {
        if company.is_empty() || !self.company_must_exist {
            return Ok(());
        }
        let known: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM crm_account WHERE name = ?)")
                .bind(company)
                .fetch_one(connection)
                .await?;
        if known {
            return Ok(());
        }
        Err(Refused::new(
            INVALID_CROSS_REFERENCE_KEY,
            vec![Field::Company.crm_name()],
            format!("Company: the CRM has no account \"{company}\". Choose one that it has, or have it made."),
        )
        .into())
    }
}

/// Refuses to change or delete a record that is locked.
pub(super) async fn check_lock(
    connection: &mut SqliteConnection,
    judged: Judged,
    id: &str,
) -> Result<(), CrmError> {
    let lock: Option<(String, String)> = sqlx::query_as(
        "SELECT kind, reason FROM crm_lock WHERE record_type = ? AND crm_id = ?
         ORDER BY kind LIMIT 1",
    )
    .bind(judged.as_str())
    .bind(id)
    .fetch_optional(connection)
    .await?;
    let Some((kind, reason)) = lock else {
        return Ok(());
    };
    let (code, mut message) = match kind.as_str() {
        "saving" => (
            UNABLE_TO_LOCK_ROW,
            "Another program is saving the record in the CRM. The next session tries again."
                .to_owned(),
        ),
        _ => (
            ENTITY_IS_LOCKED,
            "The record is locked in the CRM. It syncs once the lock is gone.".to_owned(),
        ),
    };
    let reason = reason.trim().trim_end_matches('.');
    if !reason.is_empty() {
        message = format!("{reason}. {message}");
    }
    Err(Refused::new(code, Vec::new(), message).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_holds_where_it_should() {
        for (word, argument, holds, fails) in [
            ("is_empty", "", "", "x"),
            ("longer_than", "2", "üüü", "üü"),
            ("matches", "^x+$", "xx", "xy"),
            ("not_matches", "^x+$", "xy", "xx"),
            ("equals", "x", "x", "X"),
            ("not_one_of", r#"["a","b"]"#, "c", "b"),
        ] {
            let condition = Condition::parse(word, argument).unwrap();
            assert!(condition.holds(holds), "{word} {holds}");
            assert!(!condition.holds(fails), "{word} {fails}");
        }
        for word in ["not_matches", "not_one_of"] {
            assert!(!Condition::parse(word, r#"["a"]"#).unwrap().holds(""), "{word} and nothing");
        }
    }

    #[test]
    fn what_makes_no_sense_says_why() {
        for (word, argument, why) in [
            ("is_blue", "", "is_blue"),
            ("matches", "(", "regular expression"),
            ("not_matches", "(?:a{1000}){1000}", "regular expression"),
            ("longer_than", "many", "many"),
            ("not_one_of", "a, b", "JSON"),
        ] {
            let refused = Condition::parse(word, argument).unwrap_err();
            assert!(refused.contains(why), "{refused}");
        }
    }
}

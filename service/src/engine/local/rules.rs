//! What the CRM's administrator decides about records: validation rules, locks and accounts.
//!
//! All of it is edited by hand with SQL, so a rule may make no sense. Such a rule refuses what it
//! would have judged and names itself: letting records pass would hide that it does not work.

use super::contact::{ContactFields, Field};
use super::crm::CrmError;
use super::refusal::{
    CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY, ENTITY_IS_LOCKED, FIELD_CUSTOM_VALIDATION_EXCEPTION,
    INVALID_CROSS_REFERENCE_KEY, Refused, UNABLE_TO_LOCK_ROW,
};
use regex::RegexBuilder;
use sqlx::sqlite::SqliteConnection;

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

/// Refuses a contact that an active rule of the administrator's is against, or whose company is no
/// account while it has to be one.
pub(super) async fn check_rules(
    connection: &mut SqliteConnection,
    contact: &ContactFields,
) -> Result<(), CrmError> {
    type Row = (String, String, String, String, String);
    let rules: Vec<Row> = sqlx::query_as(
        "SELECT name, field, condition, argument, message FROM crm_validation_rule
         WHERE active <> 0 AND record_type = 'contact' ORDER BY id",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (name, field, condition, argument, message) in rules {
        let broken = |why: String| {
            Refused::new(
                CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY,
                Vec::new(),
                format!(
                    "The CRM's rule \"{name}\" does not work: {why}. Its administrator has to put it right."
                ),
            )
        };
        let known = Field::ALL.into_iter().find(|known| known.crm_name() == field);
        let known = known.ok_or_else(|| broken(format!("there is no field \"{field}\"")))?;
        if Condition::parse(&condition, &argument).map_err(broken)?.holds(contact.get(known)) {
            let fields = vec![known.crm_name()];
            return Err(Refused::new(FIELD_CUSTOM_VALIDATION_EXCEPTION, fields, message).into());
        }
    }
    check_company(connection, contact.get(Field::Company)).await
}

async fn check_company(connection: &mut SqliteConnection, company: &str) -> Result<(), CrmError> {
    if company.is_empty() {
        return Ok(());
    }
    let missing: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM crm_setting WHERE name = 'company_must_exist' AND value = 'on')
             AND NOT EXISTS (SELECT 1 FROM crm_account WHERE name = ?)",
    )
    .bind(company)
    .fetch_one(connection)
    .await?;
    if !missing {
        return Ok(());
    }
    Err(Refused::new(
        INVALID_CROSS_REFERENCE_KEY,
        vec![Field::Company.crm_name()],
        format!("Company: the CRM has no account \"{company}\". Choose one that it has, or have it made."),
    )
    .into())
}

/// Refuses to change or delete a record that is locked.
pub(super) async fn check_lock(
    connection: &mut SqliteConnection,
    id: &str,
) -> Result<(), CrmError> {
    let lock: Option<(String, String)> = sqlx::query_as(
        "SELECT kind, reason FROM crm_lock WHERE record_type = 'contact' AND crm_id = ?
         ORDER BY kind LIMIT 1",
    )
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

//! The scope: how many records are kept mirrored, of how many, by type and rule.

use super::{Line, Tone, record_words};
use crate::model::Model;
use crate::text::{Message, Words};
use sync_api::{ScopeRule, ScopeType};

/// The card, with the same lines while it loads and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeCard {
    /// Nothing is known yet.
    pub loading: bool,
    /// Whether it fits.
    pub tone: Tone,
    /// What the card is about.
    pub title: String,
    /// "42 of 10,000".
    pub amount: String,
    /// Records in scope.
    pub total: u64,
    /// Records allowed.
    pub limit: u64,
    /// By type, and how many are pinned.
    pub rows: Vec<Line>,
}

pub(super) fn scope_card(model: &Model, words: &Words) -> ScopeCard {
    let title = words.say(Message::ScopeTitle);
    let Some(known) = &model.status else {
        let rows = vec![Line::default(); 2];
        return ScopeCard { loading: true, title, rows, ..ScopeCard::default() };
    };
    let scope = &known.value.scope;
    ScopeCard {
        loading: false,
        tone: if scope.total > scope.limit { Tone::Bad } else { Tone::Good },
        title,
        amount: words.fill(
            Message::AmountOf,
            &[("n", &words.number(scope.total)), ("limit", &words.number(scope.limit))],
        ),
        total: scope.total,
        limit: scope.limit,
        rows: scope
            .types
            .iter()
            .map(|part| row(part, words))
            .chain(scope.pinned.filter(|count| *count > 0).map(|count| pinned(count, words)))
            .collect(),
    }
}

fn row(part: &ScopeType, words: &Words) -> Line {
    let rule = match &part.rule {
        ScopeRule::All => words.say(Message::RuleAll),
        ScopeRule::Window => words.say(Message::RuleWindow),
        ScopeRule::OpenOrRecent => words.say(Message::RuleOpenOrRecent),
        ScopeRule::SavedOnce => words.say(Message::RuleSavedOnce),
        ScopeRule::Unknown(word) => word.replace('_', " "),
    };
    Line {
        name: record_words::record_types(&part.record_type, words),
        value: words.number(part.count),
        detail: rule,
    }
}

fn pinned(count: u64, words: &Words) -> Line {
    Line {
        name: words.say(Message::Pinned),
        value: words.number(count),
        detail: words.say(Message::RulePinned),
    }
}

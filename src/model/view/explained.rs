//! A code explained: what it means, who has to do something, and what helps.

use super::Step;

/// What is known of a code; nothing while the explanations have not been loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explained {
    /// What it means, in plain words.
    pub words: String,
    /// Who has to do something; absent where nobody can, or nobody knows.
    pub step: Option<Step>,
    /// What helps, sentence by sentence.
    pub advice: Vec<String>,
}

impl Explained {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.step.is_none() && self.advice.is_empty()
    }
}

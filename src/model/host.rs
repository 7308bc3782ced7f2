//! Who runs the panel, as far as it has told, and what it says that is of use: whose mailbox is open, whether the host
//! can be talked to at all.

use super::turn::Turn;
use super::{Effect, Model};
use crate::text::Locale;
use sync_api::Code;
use sync_api::accent::{Colour, Scheme};

/// Who runs the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// A tab of a browser.
    Browser,
    /// Outlook, on the web, on a computer or on a phone.
    Outlook,
    /// Gmail, beside which the extension shows it.
    Gmail,
}

/// Why the host cannot be talked to. The panel works all the same, without what only the host knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostTrouble {
    /// Its script was not loaded: a network that does not let it through.
    Blocked,
    /// Its script is there and does not answer.
    Silent,
}

impl HostTrouble {
    /// Its name among the codes that are explained, `locales/explanations/`.
    pub(super) fn code(self) -> Code {
        Code::new(match self {
            Self::Blocked => "OFFICE_JS_BLOCKED",
            Self::Silent => "OFFICE_JS_SILENT",
        })
    }
}

/// What the host has told of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether the page was written for one.
    pub embedded: bool,
    /// Which one it is, once it answers.
    pub kind: Option<HostKind>,
    /// Whether the person has chosen the panel's language since it began.
    pub language_chosen: bool,
    /// The address of the mailbox that is open: a hint, and never a proof of who the person is.
    pub account: Option<String>,
    /// What is wrong between the panel and the host.
    pub trouble: Option<HostTrouble>,
    /// Whether the panel can close itself.
    pub closes: bool,
    /// Whether sign-ins open in a dialog of the host's.
    pub has_dialog: bool,
}

/// What a host tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostFact {
    /// It answers: the mailbox that is open, if it says so, and whether the panel can close itself.
    Answers {
        /// Which one it is.
        kind: HostKind,
        /// The mailbox's address.
        account: Option<String>,
        /// Whether the panel can close itself.
        closes: bool,
        /// Whether sign-ins open in a dialog of the host's.
        has_dialog: bool,
    },
    /// It does not answer.
    Fails(HostTrouble),
    /// The language in which it speaks with the person, who has not chosen another for the panel.
    Speaks(Locale),
}

/// Whether a page of this background is a light or a dark one: whichever text can be read better on it decides.
pub fn scheme_on(background: &str) -> Option<Scheme> {
    let background = Colour::parse(background)?;
    let (white, black) = (Colour([0xff; 3]), Colour([0; 3]));
    let dark = background.contrast(white) > background.contrast(black);
    Some(if dark { Scheme::Dark } else { Scheme::Light })
}

impl Model {
    /// The host tells something.
    pub(super) fn host_told(&mut self, fact: HostFact, turn: &mut Turn) {
        match fact {
            HostFact::Answers { kind, account, closes, has_dialog } => {
                let kind = Some(kind);
                self.host =
                    Surroundings { kind, account, trouble: None, closes, has_dialog, ..self.host };
            }
            HostFact::Fails(trouble) => {
                self.host.trouble = Some(trouble);
                self.need_explanations(turn);
            }
            // The host may not have been there to keep it.
            HostFact::Speaks(_) if self.host.language_chosen => {
                turn.has(Effect::Speak(self.locale));
            }
            HostFact::Speaks(locale) if locale != self.locale => {
                self.locale = locale;
                turn.has(Effect::Translate(locale));
                self.need_explanations_if_shown(turn);
            }
            HostFact::Speaks(_) => {}
        }
    }

    /// The mailbox that is open in the host, where it is another than the one whose sync is shown.
    pub(super) fn other_mailbox(&self) -> Option<(&str, &str)> {
        let (open, synced) = (self.host.account.as_deref()?, &self.me.as_ref()?.user.email);
        (!open.trim().eq_ignore_ascii_case(synced.trim())).then_some((open, synced))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_light_or_dark() {
        for (background, scheme) in [
            ("#FFFFFF", Some(Scheme::Light)),
            ("#f5f5f5", Some(Scheme::Light)),
            ("#c8c6c4", Some(Scheme::Light)),
            ("#292929", Some(Scheme::Dark)),
            ("#000000", Some(Scheme::Dark)),
            ("#0f6cbd", Some(Scheme::Dark)),
            ("", None),
            ("white", None),
            ("#fff", None),
        ] {
            assert_eq!(scheme_on(background), scheme, "{background}");
        }
    }
}

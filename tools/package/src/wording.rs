//! What Outlook shows of the add-in before the panel opens, in each of the panel's languages.

use sync_sidebar::text::Locale;

use crate::stage::Stage;

/// The words in one language.
pub(crate) struct Wording {
    /// The locales that get these words. Outlook compares whole tags: `de` alone reaches nobody reliably.
    pub(crate) tags: &'static [&'static str],
    /// The add-in's name, and the label of its group of buttons.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) description: &'static str,
    /// On the button.
    pub(crate) button: &'static str,
    /// What the button answers, and how.
    pub(crate) tip_title: &'static str,
    pub(crate) tip: &'static str,
}

/// The name that a product has in every language.
pub(crate) const PRODUCT: &str = "Sync Sidebar";

/// The language of whoever has another one than ours.
pub(crate) const DEFAULT: Locale = Locale::English;

/// The first of the default language's tags.
pub(crate) const DEFAULT_TAG: &str = "en-US";

/// The words in a language of the panel: a new one there asks for its words here.
pub(crate) const fn wording(locale: Locale, stage: Stage) -> Wording {
    match locale {
        Locale::English => Wording {
            tags: &[DEFAULT_TAG],
            name: match stage {
                Stage::Production => PRODUCT,
                Stage::Development => "Sync Sidebar (development)",
            },
            description: "Tells whether your mailbox is in sync with your CRM, since when, what is wrong and \
                what to do now. Lets you force, pause and start the sync, and connect again when access is lost.",
            button: "Sync status",
            tip_title: "Is everything in sync?",
            tip: "See whether your mailbox is in sync with your CRM, since when, what is wrong and what to do now.",
        },
        Locale::German => Wording {
            tags: &["de-DE", "de-AT", "de-CH"],
            name: match stage {
                Stage::Production => PRODUCT,
                Stage::Development => "Sync Sidebar (Entwicklung)",
            },
            description: "Zeigt, ob Ihr Postfach mit Ihrem CRM abgeglichen ist, seit wann, was nicht stimmt und \
                was jetzt zu tun ist. Damit starten Sie den Abgleich, halten ihn an und verbinden neu, wenn ein Zugang verloren ging.",
            button: "Sync-Status",
            tip_title: "Ist alles abgeglichen?",
            tip: "Sehen Sie, ob Ihr Postfach mit Ihrem CRM abgeglichen ist, seit wann, was nicht stimmt und was jetzt zu tun ist.",
        },
    }
}

//! The languages that the panel speaks.

/// A language with a complete table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// Built in: it is there whatever fails to load.
    English,
    /// In a file of its own, loaded when asked for.
    German,
}

impl Locale {
    /// Every locale, in the order in which a person is offered them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// The language's name in itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The locale for a BCP 47 tag such as `de-AT`; `None` for a language without a table.
    pub fn for_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| language.eq_ignore_ascii_case(locale.tag()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_asks_early_for_the_same_languages() {
        let tags = Locale::ALL.map(|locale| format!("\"{}\"", locale.tag())).join(", ");
        let line = format!("const spoken = [{tags}];");
        assert!(include_str!("../boot.js").contains(&line), "boot.js has no line `{line}`");
    }

    #[test]
    fn regions_fall_back_to_their_language() {
        assert_eq!(Locale::for_tag("de-AT"), Some(Locale::German));
        assert_eq!(Locale::for_tag("EN_us"), Some(Locale::English));
        assert_eq!(Locale::for_tag("pt-BR"), None);
        assert_eq!(Locale::for_tag(""), None);
    }
}

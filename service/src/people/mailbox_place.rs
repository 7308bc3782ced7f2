//! Where a person's mailbox folder is: in their own folder, or where an administrator's template says.

use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Stands for the person's address in a template.
const ADDRESS: &str = "{email}";

/// Where mailboxes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailboxPlace {
    /// `mailbox` in each person's own folder, made when it is not there.
    OwnFolder,
    /// A path with the address in it. The folder has to be there: an empty one made by mistake would only hide it.
    Template {
        /// Up to the address.
        before: String,
        /// From there on.
        after: String,
    },
}

/// A template, or an address, that names no folder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAMailboxPlace {
    /// All people would have one mailbox.
    #[error("mailbox has to hold {{email}} once, such as /srv/mail/{{email}}, and no other braces")]
    Template,
    /// It could lead somewhere else.
    #[error("this address cannot name a folder")]
    Address,
}

impl FromStr for MailboxPlace {
    type Err = NotAMailboxPlace;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (before, after) = text.split_once(ADDRESS).ok_or(NotAMailboxPlace::Template)?;
        if [before, after].iter().any(|part| part.contains(['{', '}'])) {
            return Err(NotAMailboxPlace::Template);
        }
        Ok(Self::Template { before: before.to_owned(), after: after.to_owned() })
    }
}

impl MailboxPlace {
    /// The folder of whoever has this address; `own` is the person's own folder.
    pub fn of(&self, email: &str, own: &Path) -> Result<PathBuf, NotAMailboxPlace> {
        match self {
            Self::OwnFolder => Ok(own.join("mailbox")),
            Self::Template { before, after } => {
                let name = component(email).ok_or(NotAMailboxPlace::Address)?;
                Ok(PathBuf::from([before, name.as_str(), after].concat()))
            }
        }
    }
}

/// An address as one part of a path. It is plain ASCII: of letters that look alike, or that a file system takes for
/// the same, somebody could make an address that names another person's folder.
fn component(email: &str) -> Option<String> {
    let (local, domain) = email.split_once('@')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '\'');
    let fits = |part: &str| {
        !part.is_empty()
            && part.chars().all(plain)
            && !part.starts_with('.')
            && !part.contains("..")
    };
    (fits(local) && fits(domain) && email.len() <= 200).then(|| email.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_part_of_the_path_and_in_lower_case() {
        let place: MailboxPlace = "/srv/mail/{email}/box".parse().unwrap();
        let found = place.of("Ada.King+x@Example.com", Path::new("/data/p"));
        assert_eq!(found.unwrap(), Path::new("/srv/mail/ada.king+x@example.com/box"));
        let own = MailboxPlace::OwnFolder.of("../x@example.com", Path::new("/data/p"));
        assert_eq!(own.unwrap(), Path::new("/data/p/mailbox"));
    }

    #[test]
    fn no_address_leads_anywhere_else() {
        let place: MailboxPlace = "/srv/mail/{email}".parse().unwrap();
        for email in [
            "",
            ".",
            "..",
            "ada",
            "@example.com",
            "ada@",
            "../ada@example.com",
            "a/b@example.com",
            "a\\b@example.com",
            "ada@../../etc",
            "ada@exa/mple.com",
            "a..b@example.com",
            ".ada@example.com",
            "ada@b@example.com",
            "ada\0@example.com",
            "ada\n@example.com",
            "аda@example.com",
            "ada@ex\u{e4}mple.com",
            &format!("{}@example.com", "a".repeat(200)),
        ] {
            let found = place.of(email, Path::new("/data/p"));
            assert_eq!(found, Err(NotAMailboxPlace::Address), "{email:?}");
        }
    }

    #[test]
    fn a_template_has_the_address_in_it_once() {
        for text in ["/srv/mail", "", "/srv/{mail}", "/srv/{email}/{email}", "/srv/{email}/{id}"] {
            assert_eq!(text.parse::<MailboxPlace>(), Err(NotAMailboxPlace::Template), "{text}");
        }
    }
}

//! The id of a browser's extension, whose pages are the service's own when it is named.

use std::fmt;
use std::str::FromStr;

/// How the origin of an extension's pages begins in Chromium browsers.
const SCHEME: &str = "chrome-extension://";

/// 32 letters from a to p, which the browser makes of the extension's public key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExtensionId(String);

/// The text is no such id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give the extension's id as chrome://extensions shows it: 32 letters from a to p")]
pub struct NotAnExtensionId;

impl FromStr for ExtensionId {
    type Err = NotAnExtensionId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = text.len() == 32 && text.bytes().all(|letter| (b'a'..=b'p').contains(&letter));
        if fits { Ok(Self(text.to_owned())) } else { Err(NotAnExtensionId) }
    }
}

impl ExtensionId {
    /// The extension whose page has this origin; `None` for any other page.
    pub(super) fn of_page(origin: &str) -> Option<Self> {
        origin.strip_prefix(SCHEME)?.parse().ok()
    }

    /// The address at which the browser ends a window that the extension has opened for a sign-in. The browser takes
    /// the address itself and asks nobody for it; and nobody would be told what is behind its `#`.
    pub(super) fn end_of_sign_in(&self, fields: &[(&str, &str)]) -> String {
        let mut fragment = url::form_urlencoded::Serializer::new(String::new());
        fragment.extend_pairs(fields);
        format!("https://{}.chromiumapp.org/#{}", self.0, fragment.finish())
    }
}

impl fmt::Display for ExtensionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "bgghaendpgemhbicjfmddlhkjgkeflbd";

    #[test]
    fn an_id_is_32_letters_from_a_to_p() {
        assert_eq!(ID.parse::<ExtensionId>().unwrap().to_string(), ID);
        for text in ["", &ID[1..], &format!("{ID}a"), &ID.to_uppercase(), &ID.replace('b', "q")] {
            assert_eq!(text.parse::<ExtensionId>(), Err(NotAnExtensionId), "{text}");
        }
    }

    #[test]
    fn it_is_known_by_the_origin_of_its_pages() {
        let of = |origin: &str| ExtensionId::of_page(origin).map(|id| id.to_string());
        assert_eq!(of(&format!("chrome-extension://{ID}")).as_deref(), Some(ID));
        for origin in [format!("https://{ID}"), format!("chrome-extension://{ID}/"), ID.to_owned()]
        {
            assert_eq!(of(&origin), None, "{origin}");
        }
    }

    #[test]
    fn what_is_told_stands_behind_the_hash() {
        let id: ExtensionId = ID.parse().unwrap();
        let end = id.end_of_sign_in(&[("id", "p-1"), ("code", "a&b=#")]);
        assert_eq!(end, format!("https://{ID}.chromiumapp.org/#id=p-1&code=a%26b%3D%23"));
    }
}

//! Who an add-in is: a GUID that never changes, since Microsoft 365 knows it by nothing else.

use uuid::{Uuid, uuid};

use crate::origin::Origin;

/// Where the identities of this product's installations are counted (RFC 9562 §5.5).
const NAMESPACE: Uuid = uuid!("e3d21bd9-43be-4a49-b506-42c4dead54fb");

/// The identity of the installation at an origin. It is the same in every build, and another one for
/// another origin, so that a trial and the real thing stand side by side.
pub fn for_origin(origin: &Origin) -> Uuid {
    Uuid::new_v5(&NAMESPACE, origin.as_str().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    #[test]
    fn an_origin_keeps_its_identity_and_shares_it_with_no_other() {
        let id = |text| for_origin(&Origin::parse(text, Stage::Production).unwrap());
        // Whoever changes this gives every installation another identity: people then have the add-in twice.
        assert_eq!(
            id("https://sync.example.com").to_string(),
            "0e20360a-7f88-5dc0-81e4-7c61e627214c"
        );
        assert_eq!(id("https://SYNC.example.com:443"), id("https://sync.example.com"));
        assert_ne!(id("https://sync.example.com"), id("https://sync.example.com:8443"));
    }
}

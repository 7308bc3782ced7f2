//! A contact as both sides know it: the fields that are kept the same.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// SHA-256 of something whose changes matter.
pub(super) type Hash = [u8; 32];

/// A field that is kept the same on both sides, by the names and lengths of Salesforce's Contact
/// (Object Reference, "Contact"; Company stands for the account's name, 255).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named for the CRM's field")]
pub enum Field {
    FirstName,
    LastName,
    Email,
    Phone,
    MobilePhone,
    Title,
    Company,
    MailingStreet,
    MailingCity,
    MailingState,
    MailingPostalCode,
    MailingCountry,
    Description,
}

impl Field {
    /// How many there are.
    pub const COUNT: usize = 13;

    /// All of them, in the order of the CRM table's columns.
    pub const ALL: [Self; Self::COUNT] = [
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Phone,
        Self::MobilePhone,
        Self::Title,
        Self::Company,
        Self::MailingStreet,
        Self::MailingCity,
        Self::MailingState,
        Self::MailingPostalCode,
        Self::MailingCountry,
        Self::Description,
    ];

    /// The CRM's name for it.
    pub fn crm_name(self) -> &'static str {
        match self {
            Self::FirstName => "FirstName",
            Self::LastName => "LastName",
            Self::Email => "Email",
            Self::Phone => "Phone",
            Self::MobilePhone => "MobilePhone",
            Self::Title => "Title",
            Self::Company => "Company",
            Self::MailingStreet => "MailingStreet",
            Self::MailingCity => "MailingCity",
            Self::MailingState => "MailingState",
            Self::MailingPostalCode => "MailingPostalCode",
            Self::MailingCountry => "MailingCountry",
            Self::Description => "Description",
        }
    }

    /// How many characters the CRM takes.
    pub fn max_chars(self) -> usize {
        match self {
            Self::FirstName | Self::Phone | Self::MobilePhone | Self::MailingCity => 40,
            Self::LastName | Self::Email | Self::MailingState | Self::MailingCountry => 80,
            Self::Title => 128,
            Self::Company | Self::MailingStreet => 255,
            Self::MailingPostalCode => 20,
            Self::Description => 32_000,
        }
    }
}

/// The values of all fields; an empty one is one that the contact does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactFields([String; Field::COUNT]);

impl ContactFields {
    /// A field's value.
    pub fn get(&self, field: Field) -> &str {
        &self.0[field as usize]
    }

    /// Sets a field, without blanks around it and with `\n` as the end of a line.
    pub fn set(&mut self, field: Field, value: &str) {
        let value = value.trim();
        self.0[field as usize] = if value.contains('\r') {
            value.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            value.to_owned()
        };
    }

    /// The same with one more field set.
    pub fn with(mut self, field: Field, value: &str) -> Self {
        self.set(field, value);
        self
    }

    /// From the values in the order of [`Field::ALL`], as the CRM's table holds them.
    pub fn from_columns(columns: [String; Field::COUNT]) -> Self {
        Self(columns)
    }

    /// Tells two contents apart. No two different contents look the same to it: every value is
    /// preceded by its length.
    pub fn hash(&self) -> Hash {
        let mut hasher = Sha256::new();
        for value in &self.0 {
            hasher.update((value.len() as u64).to_le_bytes());
            hasher.update(value.as_bytes());
        }
        hasher.finalize().into()
    }

    /// First and last name, or what else tells the contact apart.
    pub fn display_name(&self) -> String {
        let name = format!("{} {}", self.get(Field::FirstName), self.get(Field::LastName));
        [
            name.trim(),
            self.get(Field::Email),
            self.get(Field::Company),
            self.get(Field::Phone),
            self.get(Field::MobilePhone),
        ]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or("Unnamed contact")
        .to_owned()
    }

    /// This contact's values, and `other`'s where this one has none.
    pub fn or(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        for field in Field::ALL {
            if merged.get(field).is_empty() {
                merged.set(field, other.get(field));
            }
        }
        merged
    }

    /// As JSON, by the CRM's names; empty fields are left out.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let map: BTreeMap<_, _> = Field::ALL
            .into_iter()
            .filter(|field| !self.get(*field).is_empty())
            .map(|field| (field.crm_name(), self.get(field)))
            .collect();
        serde_json::to_string(&map)
    }

    /// What [`ContactFields::to_json`] wrote.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        let map: BTreeMap<String, String> = serde_json::from_str(json)?;
        let mut fields = Self::default();
        for field in Field::ALL {
            if let Some(value) = map.get(field.crm_name()) {
                fields.set(field, value);
            }
        }
        Ok(fields)
    }
}

/// SHA-256 of a file's bytes.
pub(crate) fn hash_bytes(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_text_from_one_field_to_the_next_changes_the_hash() {
        let one = ContactFields::default().with(Field::FirstName, "ab");
        let other = ContactFields::default().with(Field::FirstName, "a").with(Field::LastName, "b");
        assert_ne!(one.hash(), other.hash());
    }

    #[test]
    fn json_and_back() {
        let fields = ContactFields::default()
            .with(Field::LastName, " O\"Hara ")
            .with(Field::Description, "one\r\ntwo");
        let back = ContactFields::from_json(&fields.to_json().unwrap()).unwrap();
        assert_eq!(back, fields);
        assert_eq!(back.get(Field::Description), "one\ntwo");
    }
}

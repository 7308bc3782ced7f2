//! What is known of each kind of connection, whoever its provider is.

use sync_api::{ConnectionKind, Side, SignInMethod};

/// The kinds of a side, in the order in which they are offered.
pub(super) fn kinds_of(side: &Side) -> &'static [ConnectionKind] {
    use ConnectionKind as Kind;
    match side {
        Side::Crm => &[
            Kind::Salesforce,
            Kind::SalesforceSandbox,
            Kind::SalesforceCustom,
            Kind::LocalDatabase,
        ],
        Side::Email => &[Kind::Office365, Kind::Exchange, Kind::Gmail, Kind::LocalFolder],
        Side::Unknown(_) => &[],
    }
}

/// How a person gives access to a kind.
pub(super) fn sign_in_method(kind: &ConnectionKind) -> SignInMethod {
    match kind {
        ConnectionKind::Exchange => SignInMethod::Password,
        _ => SignInMethod::Browser,
    }
}

/// Whether a kind is somewhere else for each customer.
pub(super) fn needs_domain(kind: &ConnectionKind) -> bool {
    *kind == ConnectionKind::SalesforceCustom
}

/// Whether the local engine reaches a kind without anybody's leave.
pub fn is_local(kind: &ConnectionKind) -> bool {
    matches!(kind, ConnectionKind::LocalDatabase | ConnectionKind::LocalFolder)
}

/// What a kind is called, in English.
pub fn name_of(kind: &ConnectionKind) -> &str {
    match kind {
        ConnectionKind::Salesforce => "Salesforce",
        ConnectionKind::SalesforceSandbox => "Salesforce (sandbox)",
        ConnectionKind::SalesforceCustom => "Salesforce (own domain)",
        ConnectionKind::Office365 => "Microsoft 365",
        ConnectionKind::Exchange => "Exchange",
        ConnectionKind::Gmail => "Gmail",
        ConnectionKind::LocalFolder => "Mailbox folder",
        ConnectionKind::LocalDatabase => "Local CRM",
        ConnectionKind::Unknown(word) => word,
    }
}

/// The side's word and name for sentences.
pub(super) fn side_name(side: &Side) -> &'static str {
    match side {
        Side::Crm => "the CRM",
        _ => "the mailbox",
    }
}

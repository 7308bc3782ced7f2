//! For whom a manifest is: a company's people, or somebody who works on the sidebar.

/// For whom a manifest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is deployed to people.
    Production,
    /// It is for the machine of somebody who works on the sidebar, and says so in its name.
    Development,
}

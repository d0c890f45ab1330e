//! The organisations and people of the demo county, as the embedded file defines them.

use serde::Deserialize;

use crate::domain::vocabulary::{OrganizationKind, Role};

/// The one password of all demo accounts. It protects nothing: the county is fictional and served on loopback.
pub(super) const PASSWORD: &str = "copper-otter-lantern";

/// The county.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct County {
    /// The channel.
    pub(super) channel: DemoChannel,
    /// Towns and streets that the manuscripts mention.
    pub(super) places: Vec<String>,
    /// All people, by organisation.
    pub(super) organization: Vec<DemoOrganization>,
}

/// The channel of the county.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoChannel {
    /// Its name.
    pub(super) name: String,
    /// The series of its bulletins.
    pub(super) series: String,
}

/// An organisation and its people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoOrganization {
    /// Its name.
    pub(super) name: String,
    /// The kind of body.
    pub(super) kind: OrganizationKind,
    /// Its part of the e-mail addresses, before `.example.cn`.
    pub(super) domain: String,
    /// Whether its office screens the manuscripts of its members.
    #[serde(default)]
    pub(super) screens: bool,
    /// Its members.
    pub(super) people: Vec<DemoPerson>,
}

/// A person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoPerson {
    /// The sign-in name.
    pub(super) login: String,
    /// The name.
    pub(super) name: String,
    /// The post.
    pub(super) post: String,
    /// The roles.
    pub(super) roles: Vec<Role>,
    /// For a secretary: the logins of the leaders served.
    #[serde(default)]
    pub(super) serves: Vec<String>,
}

impl County {
    /// Reads the embedded file.
    ///
    /// # Errors
    /// When it does not match its type.
    pub(super) fn load() -> anyhow::Result<Self> {
        Ok(toml::from_str(include_str!("people.toml"))?)
    }

    /// All people with their organisation, in the order of the file.
    pub(super) fn people(&self) -> impl Iterator<Item = (&DemoOrganization, &DemoPerson)> {
        self.organization.iter().flat_map(|body| body.people.iter().map(move |person| (body, person)))
    }
}

/// A mobile number that cannot exist: no country has the code 999.
pub(super) fn mobile(turn: usize) -> String {
    format!("+999000000{:02}", turn % 100)
}

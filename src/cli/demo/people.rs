//! The organisations and people of the demo county, as the embedded file names them.

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
    /// Towns and streets, in which the manuscripts are set.
    pub(super) places: Vec<String>,
    /// Everybody, by organisation.
    pub(super) organization: Vec<DemoOrganization>,
}

/// The channel of the county.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoChannel {
    /// What it is called.
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
    /// What sort of body it is.
    pub(super) kind: OrganizationKind,
    /// Its part of the e-mail addresses, before `.example.cn`.
    pub(super) domain: String,
    /// Whether its office takes the first look at what its members write.
    #[serde(default)]
    pub(super) screens: bool,
    /// Who is there.
    pub(super) people: Vec<DemoPerson>,
}

/// One person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DemoPerson {
    /// The name to sign in with.
    pub(super) login: String,
    /// The name.
    pub(super) name: String,
    /// The post.
    pub(super) post: String,
    /// What the person does here.
    pub(super) roles: Vec<Role>,
    /// For a secretary: the logins of the leaders served.
    #[serde(default)]
    pub(super) serves: Vec<String>,
}

impl County {
    /// Reads the embedded file.
    ///
    /// # Errors
    /// Where it is not as the types say.
    pub(super) fn load() -> anyhow::Result<Self> {
        Ok(toml::from_str(include_str!("people.toml"))?)
    }

    /// Everybody with the organisation, in the file's order.
    pub(super) fn people(&self) -> impl Iterator<Item = (&DemoOrganization, &DemoPerson)> {
        self.organization.iter().flat_map(|body| body.people.iter().map(move |person| (body, person)))
    }
}

/// A mobile number that nobody can have: no country has the code 999.
pub(super) fn mobile(turn: usize) -> String {
    format!("+999000000{:02}", turn % 100)
}

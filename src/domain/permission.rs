//! Who may do or see what. All rights are decided here; the rest of the program calls [`sight`] and [`permit`].

use crate::domain::ids::{ChannelId, GrantId, OrganizationId, UserId};
use crate::domain::refusal::Refusal;
use crate::domain::transition::row::ActorRule;
use crate::domain::vocabulary::Role;

/// A role that a person holds in a channel, for an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its id; every act names the grant that it used.
    pub id: GrantId,
    /// The role.
    pub role: Role,
    /// The organisation for which it is held.
    pub organization: OrganizationId,
    /// For a secretary: the leader served.
    pub serves: Option<UserId>,
    /// For a stand-in: the absent person whose grant this is.
    pub for_user: Option<UserId>,
}

/// Who asks: a person with an active account, within one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// The channel in which they act; nothing of another one is visible to them.
    pub channel: ChannelId,
    /// Their grants there, those of people they stand in for among them.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// The first grant with this role.
    #[must_use]
    pub fn grant(&self, role: Role) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.role == role)
    }

    /// Whether they hold this role here.
    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.grant(role).is_some()
    }

    /// The grant that an office act needs, or the refusal that says which role is missing.
    ///
    /// # Errors
    /// [`Refusal::WrongRole`] where none of the roles is held.
    pub fn need(&self, roles: &[Role]) -> Result<Permit, Refusal> {
        let held = self.grants.iter().find(|grant| roles.contains(&grant.role));
        held.map(Permit::of).ok_or_else(|| Refusal::WrongRole { needed: roles.to_vec() })
    }
}

/// The grant under which an act was allowed; the ledger entry names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    /// The grant, or none when the program acts by itself.
    pub grant: Option<GrantId>,
    /// Its role.
    pub role: Option<Role>,
    /// For whom a secretary or a stand-in acts.
    pub on_behalf_of: Option<UserId>,
}

impl Permit {
    /// The program itself, on a date or as the consequence of an act.
    pub const SYSTEM: Self = Self { grant: None, role: None, on_behalf_of: None };

    /// By this grant.
    #[must_use]
    pub fn of(grant: &Grant) -> Self {
        Self { grant: Some(grant.id), role: Some(grant.role), on_behalf_of: grant.for_user.or(grant.serves) }
    }
}

/// An author as the rules see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The person.
    pub user: UserId,
    /// The first author submits and withdraws.
    pub first: bool,
    /// Whether they have signed the text as it stands.
    pub signed: bool,
}

/// Which desks a manuscript has ever reached; sight that was gained so is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReachedDesks {
    /// It was handed in to the organisation's office.
    pub screening: bool,
    /// It was before the reviewers.
    pub review: bool,
    /// It was before the signer.
    pub signing: bool,
    /// It was signed for use.
    pub accepted: bool,
}

/// What the manuscript that another one is merged into opens of that other one: whoever handles the one reads the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadThrough {
    /// The desks that the target has reached.
    pub reached: ReachedDesks,
    /// The leaders who are recipients of the target.
    pub recipients: Vec<UserId>,
    /// The organisations that are charged with the target.
    pub charged: Vec<OrganizationId>,
    /// The authors of the target and of what is merged into it: they read nobody else's text.
    pub authors: Vec<UserId>,
}

/// What the rules need to know of a manuscript's standing to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManuscriptStanding {
    /// Its channel.
    pub channel: ChannelId,
    /// The author's organisation.
    pub organization: OrganizationId,
    /// The authors, invited ones included.
    pub authors: Vec<Author>,
    /// The authors of those merged into it. For every act of an office they are authors of this one too.
    pub merged_authors: Vec<UserId>,
    /// Who last recommended it, and who wrote the edited text that goes out, stand-ins together with those for whom they acted. They don't
    /// sign it, forward it or issue it (four eyes). Empty where the rule does not hold in the channel.
    pub prepared_by: Vec<UserId>,
    /// Who entered it for the author, if somebody did.
    pub entered_by: Option<UserId>,
    /// The desks that it has reached.
    pub reached: ReachedDesks,
    /// The leaders who are recipients of it.
    pub recipients: Vec<UserId>,
    /// The organisations that are charged with it.
    pub charged: Vec<OrganizationId>,
    /// For a merged one: who reads it because they handle the target. They read it and no more.
    pub through: Option<ReadThrough>,
}

impl ManuscriptStanding {
    /// Whether this person is one of its authors, invited ones included.
    #[must_use]
    pub fn is_author(&self, user: UserId) -> bool {
        self.authors.iter().any(|author| author.user == user)
    }

    /// Whether this person wrote it or one that is merged into it, and so decides nothing about it.
    #[must_use]
    pub fn is_involved(&self, user: UserId) -> bool {
        self.is_author(user) || self.merged_authors.contains(&user)
    }

    /// The first author, if `user` entered it for them (代录): both names stay.
    fn written_by_another(&self, user: UserId) -> Option<UserId> {
        self.authors.iter().find(|author| author.first && author.user != user).map(|author| author.user)
    }

    /// Whether the person for whom this grant acts, as a secretary or a stand-in does, is one of its authors.
    fn is_conflicted(&self, grant: &Grant) -> bool {
        [grant.for_user, grant.serves].into_iter().flatten().any(|user| self.is_involved(user))
    }

    /// What the target opens for this grant; nothing for its authors, and for who acts for one of them.
    fn through_for(&self, actor: &Actor, grant: &Grant) -> Option<&ReadThrough> {
        let people = [Some(actor.user), grant.for_user, grant.serves];
        self.through.as_ref().filter(|target| !people.into_iter().flatten().any(|user| target.authors.contains(&user)))
    }

    fn is_first(&self, user: UserId) -> bool {
        self.entered_by == Some(user) || self.authors.iter().any(|author| author.user == user && author.first)
    }
}

/// In which capacities a person sees a manuscript; without any, the answer is "not found".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Visibility {
    /// As an author, or as the person who entered it for them.
    pub author: bool,
    /// As the office of the author's organisation.
    pub screener: bool,
    /// As a reviewer.
    pub reviewer: bool,
    /// As a signer.
    pub signer: bool,
    /// As a dispatcher.
    pub dispatcher: bool,
    /// As a leader who received it, or their secretary.
    pub leader: bool,
    /// As an officer of a department that is charged with it.
    pub handler: bool,
    /// As an auditor or administrator: ids, numbers and acts, never a title or a text.
    pub trace: bool,
}

impl Visibility {
    /// May read title and text.
    #[must_use]
    pub const fn reads(self) -> bool {
        self.author || self.screener || self.reviewer || self.signer || self.dispatcher || self.leader || self.handler
    }

    /// Whether this role is one of the capacities.
    #[must_use]
    pub const fn sees_as(self, role: Role) -> bool {
        match role {
            Role::Submitter => self.author,
            Role::Screener => self.screener,
            Role::Reviewer => self.reviewer,
            Role::Signer => self.signer,
            Role::Dispatcher => self.dispatcher,
            Role::Leader | Role::Secretary => self.leader,
            Role::Handler => self.handler,
            Role::Auditor | Role::SecurityAdmin | Role::SystemAdmin => self.trace,
        }
    }

    /// May read what the department writes for itself: opinions and notes.
    #[must_use]
    pub const fn internal(self) -> bool {
        self.reviewer || self.signer || self.dispatcher
    }

    /// Reads what authors read and nothing more, so that decisions whose undo window is open are hidden.
    #[must_use]
    pub const fn author_only(self) -> bool {
        self.author && !self.internal() && !self.screener
    }
}

/// What this person sees of this manuscript (`domain.md`, "Who sees what").
#[must_use]
pub fn sight(actor: &Actor, standing: &ManuscriptStanding) -> Visibility {
    if actor.channel != standing.channel {
        return Visibility::default();
    }
    // An author reads what authors read, whatever other roles they hold: no opinion on their own text, no decision before its window closes.
    if standing.is_author(actor.user) {
        return Visibility { author: true, ..Visibility::default() };
    }
    let mut sight = Visibility { author: standing.entered_by == Some(actor.user), ..Visibility::default() };
    for grant in actor.grants.iter().filter(|grant| !standing.is_conflicted(grant)) {
        let through = standing.through_for(actor, grant);
        let reached = |of: fn(&ReachedDesks) -> bool| of(&standing.reached) || through.is_some_and(|target| of(&target.reached));
        let received =
            |leader: UserId| standing.recipients.contains(&leader) || through.is_some_and(|target| target.recipients.contains(&leader));
        let charged = |of: OrganizationId| standing.charged.contains(&of) || through.is_some_and(|target| target.charged.contains(&of));
        match grant.role {
            Role::Submitter => {}
            Role::Screener => sight.screener |= standing.reached.screening && grant.organization == standing.organization,
            Role::Reviewer => sight.reviewer |= standing.reached.review,
            Role::Signer => sight.signer |= reached(|reached| reached.signing),
            Role::Dispatcher => sight.dispatcher |= reached(|reached| reached.accepted),
            Role::Leader => sight.leader |= received(grant.for_user.unwrap_or(actor.user)),
            Role::Secretary => sight.leader |= grant.serves.is_some_and(received),
            Role::Handler => sight.handler |= charged(grant.organization),
            Role::Auditor | Role::SecurityAdmin | Role::SystemAdmin => sight.trace = true,
        }
    }
    // Whose own manuscript was merged into it reads as its authors do what the desk would have shown.
    if standing.merged_authors.contains(&actor.user) && sight.reads() {
        return Visibility { author: true, ..Visibility::default() };
    }
    sight
}

/// Whether one of `who` fits this person, and by which grant.
///
/// # Errors
/// [`Refusal::WrongRole`], [`Refusal::NotYours`], or [`Refusal::OwnManuscript`] for an office act by an author.
pub fn permit(actor: &Actor, standing: &ManuscriptStanding, who: &[ActorRule]) -> Result<Permit, Refusal> {
    if actor.channel != standing.channel {
        return Err(Refusal::NotYours);
    }
    let mut refusal = Refusal::WrongRole { needed: who.iter().map(|who| who.role()).collect() };
    for who in who {
        for grant in actor
            .grants
            .iter()
            .filter(|grant| grant.role == who.role() || (*who == ActorRule::FirstAuthor && enters(grant, standing, actor)))
        {
            if who.is_office() && (standing.is_involved(actor.user) || standing.is_conflicted(grant)) {
                refusal = Refusal::OwnManuscript;
            } else if relates(actor, grant, standing, *who) {
                let on_behalf_of = (*who == ActorRule::FirstAuthor).then(|| standing.written_by_another(actor.user)).flatten();
                return Ok(Permit { on_behalf_of: on_behalf_of.or(Permit::of(grant).on_behalf_of), ..Permit::of(grant) });
            } else if matches!(refusal, Refusal::WrongRole { .. }) {
                refusal = Refusal::NotYours;
            }
        }
    }
    Err(refusal)
}

/// Staff who entered a paper manuscript hand it in for its author, by the grant under which they entered it.
fn enters(grant: &Grant, standing: &ManuscriptStanding, actor: &Actor) -> bool {
    standing.entered_by == Some(actor.user) && matches!(grant.role, Role::Reviewer | Role::Screener)
}

fn relates(actor: &Actor, grant: &Grant, standing: &ManuscriptStanding, who: ActorRule) -> bool {
    match who {
        ActorRule::FirstAuthor => standing.is_first(actor.user),
        ActorRule::AnyAuthor => standing.is_author(actor.user),
        ActorRule::Screener => grant.organization == standing.organization,
        ActorRule::Reviewer | ActorRule::Signer | ActorRule::Dispatcher => true,
        ActorRule::Leader => standing.recipients.contains(&grant.for_user.unwrap_or(actor.user)),
        ActorRule::Secretary => grant.serves.is_some_and(|leader| standing.recipients.contains(&leader)),
        ActorRule::Handler => standing.charged.contains(&grant.organization),
    }
}

/// What a person's statistics are about: sums, never single manuscripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Countable {
    /// The whole channel.
    Channel,
    /// The manuscripts of these organisations.
    Organizations(Vec<OrganizationId>),
    /// Their own.
    Own(UserId),
}

/// The widest scope that their roles give: roles that answer for the channel count also what they could not read one by one.
#[must_use]
pub fn countable(actor: &Actor) -> Countable {
    use Role::{Auditor, Dispatcher, Leader, Reviewer, Secretary, SecurityAdmin, Signer, SystemAdmin};
    if [Reviewer, Signer, Dispatcher, Leader, Secretary, Auditor, SecurityAdmin, SystemAdmin].iter().any(|role| actor.holds(*role)) {
        return Countable::Channel;
    }
    let organizations: Vec<OrganizationId> =
        actor.grants.iter().filter(|grant| grant.role == Role::Screener).map(|grant| grant.organization).collect();
    if organizations.is_empty() { Countable::Own(actor.user) } else { Countable::Organizations(organizations) }
}

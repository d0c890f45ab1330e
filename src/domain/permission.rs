//! Rights. All rights are decided here; the rest of the program calls [`sight`] and [`permit`].

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
    /// For a secretary, the leader whom they serve.
    pub serves: Option<UserId>,
    /// For a stand-in, the absent person who holds this grant.
    pub for_user: Option<UserId>,
}

/// The caller: a person with an active account, within one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// The channel in which they act; they see nothing of another one.
    pub channel: ChannelId,
    /// Their grants there, including those of people for whom they stand in.
    pub grants: Vec<Grant>,
}

impl Actor {
    /// Returns the first grant with this role.
    #[must_use]
    pub fn grant(&self, role: Role) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.role == role)
    }

    /// Returns whether they hold this role here.
    #[must_use]
    pub fn holds(&self, role: Role) -> bool {
        self.grant(role).is_some()
    }

    /// Returns the grant for an office act, or the refusal that names the missing role.
    ///
    /// # Errors
    /// [`Refusal::WrongRole`] if none of the roles is held.
    pub fn need(&self, roles: &[Role]) -> Result<Permit, Refusal> {
        let held = self.grants.iter().find(|grant| roles.contains(&grant.role));
        held.map(Permit::of).ok_or_else(|| Refusal::WrongRole { needed: roles.to_vec() })
    }
}

/// The grant under which an act was allowed; the ledger entry names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permit {
    /// The grant; `None` when the program acts by itself.
    pub grant: Option<GrantId>,
    /// Its role.
    pub role: Option<Role>,
    /// The person for whom a secretary or a stand-in acts.
    pub on_behalf_of: Option<UserId>,
}

impl Permit {
    /// The program itself, at a set time or as the consequence of an act.
    pub const SYSTEM: Self = Self { grant: None, role: None, on_behalf_of: None };

    /// Returns the permit of this grant.
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
    /// Whether this is the first author, who submits and withdraws.
    pub first: bool,
    /// Whether they have signed the current text.
    pub signed: bool,
}

/// The queues that a manuscript has ever reached; the visibility gained in this way is permanent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReachedDesks {
    /// Whether it was submitted to the organisation's office.
    pub screening: bool,
    /// Whether it was in review.
    pub review: bool,
    /// Whether it waited for a signature.
    pub signing: bool,
    /// Whether it was signed for use.
    pub accepted: bool,
}

/// The visibility of a merged manuscript through its target: the people who handle the target read the merged one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadThrough {
    /// The queues that the target has reached.
    pub reached: ReachedDesks,
    /// The leaders who are recipients of the target.
    pub recipients: Vec<UserId>,
    /// The organisations to which the target is assigned.
    pub charged: Vec<OrganizationId>,
    /// The authors of the target and of manuscripts merged into it, who read no other author's text.
    pub authors: Vec<UserId>,
}

/// The facts about a manuscript's relation to people that the rules need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManuscriptStanding {
    /// Its channel.
    pub channel: ChannelId,
    /// The author's organisation.
    pub organization: OrganizationId,
    /// The authors, invited ones included.
    pub authors: Vec<Author>,
    /// The authors of those merged into it. For every office act they count as authors of this one too.
    pub merged_authors: Vec<UserId>,
    /// The person who last recommended it, and those who wrote the edited text that goes out, stand-ins together with those for whom they
    /// acted. They may not sign, forward or issue it (four eyes). Empty if the rule is not in force in the channel.
    pub prepared_by: Vec<UserId>,
    /// The person who entered it for the author, if any.
    pub entered_by: Option<UserId>,
    /// The queues that it has reached.
    pub reached: ReachedDesks,
    /// The leaders who are recipients of it.
    pub recipients: Vec<UserId>,
    /// The organisations to which it is assigned.
    pub charged: Vec<OrganizationId>,
    /// For a merged one, its readers who handle the target. They may only read it.
    pub through: Option<ReadThrough>,
}

impl ManuscriptStanding {
    /// Returns whether this person is one of its authors, invited ones included.
    #[must_use]
    pub fn is_author(&self, user: UserId) -> bool {
        self.authors.iter().any(|author| author.user == user)
    }

    /// Returns whether this person wrote it or one that is merged into it, and therefore may not decide about it.
    #[must_use]
    pub fn is_involved(&self, user: UserId) -> bool {
        self.is_author(user) || self.merged_authors.contains(&user)
    }

    /// Returns the first author, if `user` entered it for them (代录); both are recorded.
    fn written_by_another(&self, user: UserId) -> Option<UserId> {
        self.authors.iter().find(|author| author.first && author.user != user).map(|author| author.user)
    }

    /// Returns whether the person for whom a secretary or stand-in acts by this grant is one of its authors.
    fn is_conflicted(&self, grant: &Grant) -> bool {
        [grant.for_user, grant.serves].into_iter().flatten().any(|user| self.is_involved(user))
    }

    /// Returns the visibility through the target for this grant; `None` for its authors, and for anybody who acts for one of them.
    fn through_for(&self, actor: &Actor, grant: &Grant) -> Option<&ReadThrough> {
        let people = [Some(actor.user), grant.for_user, grant.serves];
        self.through.as_ref().filter(|target| !people.into_iter().flatten().any(|user| target.authors.contains(&user)))
    }

    fn is_first(&self, user: UserId) -> bool {
        self.entered_by == Some(user) || self.authors.iter().any(|author| author.user == user && author.first)
    }
}

/// The capacities in which a person sees a manuscript; if there are none, the response is "not found".
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
    /// As an officer of a department to which it is assigned.
    pub handler: bool,
    /// As an auditor or administrator: ids, numbers and acts, never a title or a text.
    pub trace: bool,
}

impl Visibility {
    /// Returns whether they may read title and text.
    #[must_use]
    pub const fn reads(self) -> bool {
        self.author || self.screener || self.reviewer || self.signer || self.dispatcher || self.leader || self.handler
    }

    /// Returns whether this role is one of the capacities.
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

    /// Returns whether they may read the office's internal texts: opinions and notes.
    #[must_use]
    pub const fn internal(self) -> bool {
        self.reviewer || self.signer || self.dispatcher
    }

    /// Returns whether they read only what authors read, so that decisions with an open undo window are hidden.
    #[must_use]
    pub const fn author_only(self) -> bool {
        self.author && !self.internal() && !self.screener
    }
}

/// Returns what this person sees of this manuscript (`domain.md`, "Who sees what").
#[must_use]
pub fn sight(actor: &Actor, standing: &ManuscriptStanding) -> Visibility {
    if actor.channel != standing.channel {
        return Visibility::default();
    }
    // An author reads as an author, whatever other roles they hold: no opinion on their own text, and no decision before its window closes.
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
    // A person whose own manuscript was merged into it reads it as its authors do instead of by their role.
    if standing.merged_authors.contains(&actor.user) && sight.reads() {
        return Visibility { author: true, ..Visibility::default() };
    }
    sight
}

/// Returns the grant by which one of the rules in `who` fits this person.
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

/// Returns whether staff who entered a paper manuscript submit it for its author, by the grant under which they entered it.
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

/// The scope of a person's statistics: sums, never single manuscripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Countable {
    /// The whole channel.
    Channel,
    /// The manuscripts of these organisations.
    Organizations(Vec<OrganizationId>),
    /// The person's own manuscripts.
    Own(UserId),
}

/// Returns the widest scope of their roles: roles with responsibility for the channel also count manuscripts that they could not read one
/// by one.
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

//! Checks right before a letter is sent: whether its reason still exists, and whether its recipient may and can still receive it. Both may
//! have changed since it was written, and since a worker took it.

use chrono_tz::Tz;

use crate::app::notification::{self, About, Hints};
use crate::app::{AppError, Tx, manuscript_case, sign_in};
use crate::domain::channel::ChannelSettings;
use crate::domain::characters::is_blank;
use crate::domain::ids::{BulletinId, OrganizationId, UserId};
use crate::domain::lang::Lang;
use crate::domain::notice::{Audience, Letter, LetterState, WithheldReason};
use crate::domain::permission::Actor;
use crate::domain::recipients::audiences;
use crate::domain::salutation::Salutation;
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::Role;
use crate::mail::letters::LetterFacts;
use crate::store::letters::{self, LetterRow};
use crate::store::rows::ManuscriptRow;
use crate::store::tokens::{self, TokenKind};
use crate::store::{StoreError, assignments, bulletins, channels, deadlines, manuscripts, people, stand_ins};

/// The addressee of a letter, with their current names and addresses.
#[derive(Debug, Clone)]
pub struct LetterAddressee {
    /// The name.
    pub name: String,
    /// The form of address.
    pub salutation: Salutation,
    /// The address.
    pub address: String,
    /// The language.
    pub lang: Lang,
    /// The channel's name.
    pub channel: String,
    /// The time zone of the channel.
    pub zone: Tz,
    /// The contact of the channel.
    pub contact: String,
}

/// The result of the checks.
#[derive(Debug, Clone)]
pub enum Release {
    /// The letter is sent.
    Send(LetterAddressee),
    /// Its reason has ceased, or another worker has taken it.
    Gone,
    /// It must not be sent, or cannot be.
    Withheld(WithheldReason),
}

/// Checks a letter that this worker has taken.
///
/// # Errors
/// Fails if a database operation fails.
pub fn judge(tx: &mut Tx<'_>, holder: &str, taken: &LetterRow, facts: &LetterFacts) -> Result<Release, AppError> {
    let row = letters::find(tx.conn, taken.id)?;
    let is_mine = row.state == LetterState::Leased && row.lease_holder.as_deref() == Some(holder);
    if !is_mine || !has_reason(tx, &row, facts)? {
        return Ok(Release::Gone);
    }
    let user = people::find(tx.conn, row.recipient_id)?;
    let reason = if user.suspended_at.is_some() {
        Some(WithheldReason::Suspended)
    } else if !is_recipient(tx, &row, facts)? {
        Some(WithheldReason::NotRecipient)
    } else if !has_open_link(tx, &row, facts)? {
        Some(WithheldReason::LinkEnded)
    } else if is_blank(&user.email) {
        Some(WithheldReason::NoAddress)
    } else {
        None
    };
    if let Some(reason) = reason {
        return Ok(Release::Withheld(reason));
    }
    let channel = channels::find(tx.conn, row.channel_id)?;
    let settings: ChannelSettings = serde_json::from_str(&channel.settings).unwrap_or_default();
    let (zone, contact) = (settings.limits.time_zone, settings.contact);
    let grants = people::own_grants(&people::grants_of(tx.conn, user.id, row.channel_id)?);
    let roles: Vec<Role> = grants.iter().map(|grant| grant.role).collect();
    let salutation = Salutation::of(&user.name, &user.post, &roles);
    Ok(Release::Send(LetterAddressee {
        name: user.name,
        salutation,
        address: user.email,
        lang: user.language,
        channel: channel.name,
        zone,
        contact,
    }))
}

/// Returns whether the act was not undone, the thing that it reminds of is still due, and its work has not been done by another person.
fn has_reason(tx: &mut Tx<'_>, row: &LetterRow, facts: &LetterFacts) -> Result<bool, StoreError> {
    match facts.deadline.zip(facts.due) {
        Some((deadline, due)) => deadlines::still_open(tx.conn, row.subject_id, deadline, due),
        None => letters::still_calls(tx.conn, row),
    }
}

/// Returns whether its link is still valid: neither used, nor replaced by a newer one, nor expired.
fn has_open_link(tx: &mut Tx<'_>, row: &LetterRow, facts: &LetterFacts) -> Result<bool, AppError> {
    if !matches!(row.kind, Letter::AccountCreated | Letter::PasswordReset) {
        return Ok(true);
    }
    if facts.expires.is_some_and(|expires| expires <= tx.now) {
        return Ok(false);
    }
    let Some(secret) = facts.path.as_deref().and_then(|path| path.rsplit('/').next()) else { return Ok(true) };
    let found = tokens::find_by_hash(tx.conn, &sign_in::hash(secret))?;
    Ok(found.is_none_or(|(token, _)| token.kind == TokenKind::Link && token.revoked_at.is_none() && token.expires_at > tx.now))
}

/// Returns whether the recipient still belongs to the letter's recipients, by the rule that chose them.
fn is_recipient(tx: &mut Tx<'_>, row: &LetterRow, facts: &LetterFacts) -> Result<bool, AppError> {
    let groups = audiences(row.kind, facts.deadline);
    if groups.is_empty() {
        return Ok(true);
    }
    let manuscript = match row.manuscript_id.map(|id| manuscripts::find(tx.conn, row.channel_id, id)) {
        Some(Ok(manuscript)) => Some(manuscript),
        // Only drafts are ever deleted.
        Some(Err(StoreError::NotFound)) => return Ok(!needs_draft(row.kind)),
        Some(Err(error)) => return Err(error.into()),
        None => None,
    };
    for group in groups {
        if belongs(tx, row, manuscript.as_ref(), group)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns whether the letter requests something about a draft, which may have been discarded.
const fn needs_draft(letter: Letter) -> bool {
    matches!(letter, Letter::Invited | Letter::CoSigned | Letter::SignatureVoided | Letter::InvitationDeclined)
}

fn belongs(tx: &mut Tx<'_>, row: &LetterRow, manuscript: Option<&ManuscriptRow>, group: Audience) -> Result<bool, AppError> {
    let user = row.recipient_id;
    let Some(manuscript) = manuscript else { return holds_role(tx, row, group) };
    if group == Audience::Named {
        // Authors whose invitation was withdrawn are informed of it, although they no longer see the manuscript.
        return Ok(row.kind == Letter::InvitationWithdrawn || sees(tx, row, manuscript)?);
    }
    let charged = if group == Audience::Handlers { charged(tx, row, manuscript)? } else { Vec::new() };
    let about = About {
        entry: row.entry_id,
        channel: row.channel_id,
        manuscript: Some(manuscript),
        subject: row.subject_id,
        facts: LetterFacts::default(),
        not_before: tx.now,
        actor: None,
    };
    let facts = notification::facts_of(tx, &about, &[group], Hints { charged: &charged, ..Hints::default() })?;
    Ok(facts.is_member(group, user))
}

/// Returns whether the recipient still holds a role of the group, for letters that are about no manuscript, or none that they may see.
fn holds_role(tx: &mut Tx<'_>, row: &LetterRow, group: Audience) -> Result<bool, AppError> {
    if group.roles().is_empty() {
        return Ok(true);
    }
    let actor = actor(tx, row.recipient_id, row)?;
    if !group.roles().iter().any(|role| actor.holds(*role)) {
        return Ok(false);
    }
    if group != Audience::Recipients {
        return Ok(true);
    }
    let leaders: Vec<UserId> =
        bulletins::addressees(tx.conn, &[BulletinId(row.subject_id.0)])?.into_iter().map(|one| one.user_id).collect();
    let mut mine = actor.grants.iter().filter_map(|grant| crate::domain::endorsement::leader_of(grant, actor.user));
    Ok(leaders.is_empty() || mine.any(|leader| leaders.contains(&leader)))
}

fn sees(tx: &mut Tx<'_>, row: &LetterRow, manuscript: &ManuscriptRow) -> Result<bool, AppError> {
    let actor = actor(tx, row.recipient_id, row)?;
    match manuscript_case::view(tx, &actor, manuscript.id) {
        Ok(_) => Ok(true),
        Err(AppError::NotFound | AppError::Store(StoreError::NotFound)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn actor(tx: &mut Tx<'_>, user: UserId, row: &LetterRow) -> Result<Actor, AppError> {
    let grants = stand_ins::acting_grants(tx.conn, user, row.channel_id, tx.now)?;
    Ok(Actor { user, channel: row.channel_id, grants })
}

/// Returns the departments assigned to the manuscript, or those that were, if the letter says that one no longer is.
fn charged(tx: &mut Tx<'_>, row: &LetterRow, manuscript: &ManuscriptRow) -> Result<Vec<OrganizationId>, AppError> {
    let parts = matches!(row.kind, Letter::AssignmentCancelled | Letter::ReturnDecided | Letter::SuggestionsEnded);
    let all = assignments::of_manuscript(tx.conn, manuscript.id)?.into_iter();
    let is_over = |state: AssignmentState| matches!(state, AssignmentState::Cancelled | AssignmentState::Returned);
    Ok(all.filter(|one| parts || !is_over(one.state)).map(|one| one.organization_id).collect())
}

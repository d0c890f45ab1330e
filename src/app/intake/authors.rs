//! Joint authors (联名): their invitation, signature and refusal.

use serde_json::json;

use crate::app::events::{self, LedgerEvent};
use crate::app::intake::{digest_of, drafts};
use crate::app::manuscript_case::LoadedCase;
use crate::app::notification::{self, About};
use crate::app::{AppError, Tx, attachments, transition};
use crate::domain::ids::{ManuscriptId, UserId};
use crate::domain::notice::Letter;
use crate::domain::permission::{Actor, Permit};
use crate::domain::refusal::Refusal;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::{Action, Role};
use crate::mail::letters::LetterFacts;
use crate::store::ledger::contents;
use crate::store::rows::AuthorRow;
use crate::store::{channels, manuscripts, people, texts};

/// The act of an invited author who signs, as the ledger names it.
const CO_SIGN: &str = Action::CoSign.as_str();

/// Sets the list of joint authors, by sign-in name or id: new ones are invited, and the invitations of missing ones are withdrawn. The
/// first author stays the first.
///
/// # Errors
/// A violation for each name that is no submitter of this channel; [`AppError::Stale`]; refusals.
pub fn set(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: i64, names: &[String]) -> Result<(), AppError> {
    let mut loaded = transition::load(tx, actor, id)?;
    let permit = transition::judge(tx, actor, &loaded, Action::Invite)?.permit;
    loaded.expect(seen, loaded.sight(actor), tx.now)?;
    if names.len() > tx.settings.limits.co_authors {
        return Err(Violation::beyond("authors", "too_many", names.len(), tx.settings.limits.co_authors).into());
    }
    let wanted = find(tx, actor, &loaded, names)?;
    let present: Vec<UserId> = loaded.authors.iter().map(|author| author.user_id).collect();
    let first = loaded.row.first_author_id;
    let gone: Vec<UserId> = present.iter().copied().filter(|user| *user != first && !wanted.contains(user)).collect();
    let new: Vec<UserId> = wanted.into_iter().filter(|user| !present.contains(user)).collect();
    if gone.is_empty() && new.is_empty() {
        return Ok(());
    }
    drafts::record_work(tx, actor, &mut loaded)?;
    for user in &gone {
        texts::set_withdrawn(tx.conn, id, *user, Some(tx.now))?;
    }
    let last = texts::authors_ever(tx.conn, id)?.len();
    for (place, user) in (last..).zip(&new) {
        invite(tx, &loaded, *user, place)?;
    }
    put_in_order(tx, id)?;
    let before = loaded.row.version;
    loaded.row.version += 1;
    manuscripts::save(tx.conn, &loaded.row, before)?;
    let facts = json!({ "invited": new, "uninvited": gone });
    let about = enter(tx, actor, permit, &loaded, "invite", facts)?;
    notification::tell(tx, &about, Letter::Invited, new)?;
    // They can no longer open the manuscript, so the notice links to the inbox.
    let about = About { facts: LetterFacts { path: Some("/inbox".to_owned()), ..about.facts.clone() }, ..about };
    notification::tell(tx, &about, Letter::InvitationWithdrawn, gone)
}

fn find(tx: &mut Tx<'_>, actor: &Actor, loaded: &LoadedCase, names: &[String]) -> Result<Vec<UserId>, AppError> {
    let mut wrong = Vec::new();
    let mut wanted = Vec::new();
    let is_new = |user: UserId| loaded.authors.iter().all(|author| author.user_id != user);
    for (place, name) in names.iter().enumerate() {
        let user = match name.parse::<UserId>() {
            Ok(id) => Some(id),
            Err(_) => people::find_by_login(tx.conn, actor.channel, name.trim())?.map(|user| user.id),
        };
        let submits = match user {
            Some(user) => people::grants_of(tx.conn, user, actor.channel)?.iter().any(|grant| grant.role == Role::Submitter),
            None => false,
        };
        match user.filter(|_| submits) {
            Some(user) if user == loaded.row.first_author_id || wanted.contains(&user) => {}
            Some(user) if is_new(user) && in_closed_organization(tx, actor, user)? => {
                wrong.push(Violation::new(format!("authors[{place}]"), "closed_organization"));
            }
            // A person who was suspended after the invitation stays on the list until they are removed; a suspended person is not invited.
            Some(user) if is_new(user) && people::find(tx.conn, user)?.suspended_at.is_some() => {
                wrong.push(Violation::new(format!("authors[{place}]"), "unknown_person"));
            }
            Some(user) => wanted.push(user),
            None => wrong.push(Violation::new(format!("authors[{place}]"), "unknown_person")),
        }
    }
    if wrong.is_empty() { Ok(wanted) } else { Err(wrong.into()) }
}

fn in_closed_organization(tx: &mut Tx<'_>, actor: &Actor, user: UserId) -> Result<bool, AppError> {
    let organization = people::find(tx.conn, user)?.organization_id;
    Ok(channels::find_organization(tx.conn, actor.channel, organization)?.closed_at.is_some())
}

/// Gives each author a position of their own without gaps: current authors in their existing order, former ones behind them.
fn put_in_order(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<(), AppError> {
    for (place, author) in (0..).zip(texts::authors_ever(tx.conn, id)?) {
        if author.position != place {
            texts::set_position(tx.conn, id, author.user_id, place)?;
        }
    }
    Ok(())
}

fn invite(tx: &mut Tx<'_>, loaded: &LoadedCase, user: UserId, place: usize) -> Result<(), AppError> {
    let position = i64::try_from(place).unwrap_or(i64::MAX);
    if texts::set_withdrawn(tx.conn, loaded.row.id, user, None)? > 0 {
        // An author who is invited again comes last.
        return Ok(texts::set_position(tx.conn, loaded.row.id, user, position)?);
    }
    let person = people::find(tx.conn, user)?;
    let organization = channels::find_organization(tx.conn, loaded.row.channel_id, person.organization_id)?;
    let row = AuthorRow {
        manuscript_id: loaded.row.id,
        user_id: user,
        position,
        name: person.name,
        post: person.post,
        organization_name: organization.name,
        invited_at: tx.now,
        signed_at: None,
        withdrawn_at: None,
    };
    Ok(texts::insert_author(tx.conn, &row)?)
}

/// Signs the current text for an invited author; `seen` is the version that they read, if stated.
///
/// # Errors
/// [`AppError::Stale`] if the version has changed meanwhile; [`Refusal::AlreadyDone`] if they have signed; refusals.
pub fn co_sign(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId, seen: Option<i64>) -> Result<(), AppError> {
    let (mut loaded, permit, me) = invited(tx, actor, id)?;
    if me.signed_at.is_some() {
        return Err(Refusal::AlreadyDone.into());
    }
    if let Some(seen) = seen {
        loaded.expect(seen, loaded.sight(actor), tx.now)?;
    }
    texts::set_signature(tx.conn, id, actor.user, Some(tx.now))?;
    answer(tx, actor, permit, &mut loaded, me, (CO_SIGN, Letter::CoSigned))
}

/// Declines an invitation, even after signing.
///
/// # Errors
/// Refusals.
pub fn decline(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<(), AppError> {
    let (mut loaded, permit, me) = invited(tx, actor, id)?;
    texts::set_withdrawn(tx.conn, id, actor.user, Some(tx.now))?;
    put_in_order(tx, id)?;
    answer(tx, actor, permit, &mut loaded, me, ("decline_invitation", Letter::InvitationDeclined))
}

/// Loads a manuscript to which this person is invited, with their position among its authors.
fn invited(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<(LoadedCase, Permit, AuthorRow), AppError> {
    let loaded = transition::load(tx, actor, id)?;
    let permit = transition::judge(tx, actor, &loaded, Action::CoSign)?.permit;
    let me = loaded.authors.iter().find(|author| author.user_id == actor.user && author.user_id != loaded.row.first_author_id);
    let me = me.cloned().ok_or(Refusal::NotYours)?;
    Ok((loaded, permit, me))
}

/// Records the response of an invited author, and notifies the first author.
fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    permit: Permit,
    loaded: &mut LoadedCase,
    me: AuthorRow,
    (action, letter): (&str, Letter),
) -> Result<(), AppError> {
    let before = loaded.row.version;
    loaded.row.version += 1;
    manuscripts::save(tx.conn, &loaded.row, before)?;
    let mut about = enter(tx, actor, permit, loaded, action, serde_json::Value::Null)?;
    about.facts.person = Some(me.name);
    notification::tell(tx, &about, letter, [loaded.row.first_author_id])
}

fn enter<'l>(
    tx: &mut Tx<'_>,
    actor: &Actor,
    permit: Permit,
    loaded: &'l LoadedCase,
    action: &str,
    facts: serde_json::Value,
) -> Result<About<'l>, AppError> {
    let text = texts::find(tx.conn, loaded.row.text_id)?;
    let words = text.text()?;
    let mut deed = LedgerEvent::new(actor.channel, actor.user, permit, action, "manuscript", loaded.row.id.0);
    deed.version = Some(loaded.row.version);
    deed.digests = digest_of(&text, &words);
    if action == CO_SIGN {
        let signed = contents::co_signature(&loaded.row, &hex::encode(words.digest()), &attachments::digests_of(tx, loaded.row.id)?)?;
        deed.digests.insert("co_signed".to_owned(), signed);
    }
    deed.facts = facts;
    let entry = events::append_event(tx, deed)?;
    Ok(About {
        entry,
        channel: actor.channel,
        manuscript: Some(&loaded.row),
        subject: loaded.row.id.into(),
        facts: LetterFacts::default(),
        not_before: tx.now,
        actor: Some(actor.user),
    })
}

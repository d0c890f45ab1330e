//! The one place that writes notices, which are letters too. It runs in the act's transaction, so that nobody is told of what was
//! not done, and nothing is done of which nobody is told.

use std::collections::BTreeSet;

use crate::desk::{DeskError, Tx};
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::notice::{Audience, Letter};
use crate::domain::words::Role;
use crate::mail::letters::Facts;
use crate::store::manuscripts::{self, Manuscript};
use crate::store::{StoreError, letters, people, recipients, texts};

/// What a notice is about.
#[derive(Clone)]
pub(crate) struct About<'a> {
    /// The act that it tells of.
    pub entry: EntryId,
    /// In which channel.
    pub channel: ChannelId,
    /// The manuscript, where there is one.
    pub manuscript: Option<&'a Manuscript>,
    /// The very thing: a manuscript, bulletin, assignment, person.
    pub subject: AnyId,
    /// What the letter may mention; number and title of the manuscript are added.
    pub facts: Facts,
    /// When it may leave: at the end of the undo window, or at once.
    pub not_before: Moment,
    /// Who acted; not told about what he did himself, unless as an author.
    pub actor: Option<UserId>,
}

/// Writes one notice to these persons.
///
/// # Errors
/// The store's.
pub(crate) fn tell(tx: &mut Tx<'_>, about: &About<'_>, letter: Letter, to: impl IntoIterator<Item = UserId>) -> Result<(), DeskError> {
    let letters = letters_to(tx, about, letter, to)?;
    Ok(letters::write_all(tx.conn, &letters)?)
}

/// Makes up one notice to these persons, to be written with others.
pub(crate) fn letters_to(
    tx: &Tx<'_>,
    about: &About<'_>,
    letter: Letter,
    to: impl IntoIterator<Item = UserId>,
) -> Result<Vec<letters::New>, DeskError> {
    let mut facts = about.facts.clone();
    if let Some(manuscript) = about.manuscript {
        facts.number = facts.number.or_else(|| manuscript.number.clone());
        facts.title = facts.title.or_else(|| Some(manuscript.title.clone()));
    }
    let args = serde_json::to_string(&facts).map_err(|error| StoreError::unreadable("letter", &error))?;
    let letter = |recipient| letters::New {
        id: tx.id(),
        channel: about.channel,
        entry: about.entry,
        recipient,
        kind: letter,
        manuscript: about.manuscript.map(|manuscript| manuscript.id),
        subject: about.subject,
        args: args.clone(),
        at: tx.now,
        not_before: about.not_before,
        by_mail: true,
    };
    Ok(to.into_iter().collect::<BTreeSet<_>>().into_iter().map(letter).collect())
}

/// Writes one notice to a group. `named` is the group [`Audience::Named`]; `charged` are the organisations of [`Audience::Handlers`].
///
/// # Errors
/// The store's.
pub(crate) fn tell_audience(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    audience: Audience,
    letter: Letter,
    named: &[UserId],
    charged: &[OrganizationId],
) -> Result<(), DeskError> {
    let letters = match (audience, about.manuscript) {
        (Audience::Authors, Some(manuscript)) => {
            let own = authors(tx, manuscript.id)?;
            let mut letters = letters_to(tx, about, letter, own.iter().copied())?;
            letters.extend(letters_to_merged(tx, about, letter, &own)?);
            letters
        }
        _ => {
            let to = those_told(tx, about, audience, named, charged)?;
            letters_to(tx, about, letter, to)?
        }
    };
    Ok(letters::write_all(tx.conn, &letters)?)
}

/// Makes up the notice of an act on a manuscript to the authors of those that are merged into it, but not to `told`, who have it
/// already. Each is about the author's own manuscript, whose page shows the target's public course: the target's title is not theirs to
/// know, and neither its page nor that of its endorsements and assignments would open for them.
pub(crate) fn letters_to_merged(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    letter: Letter,
    told: &[UserId],
) -> Result<Vec<letters::New>, DeskError> {
    let Some(target) = about.manuscript else { return Ok(Vec::new()) };
    let mut told: BTreeSet<UserId> = told.iter().copied().collect();
    let mut letters = Vec::new();
    for merged in manuscripts::merged_into(tx.conn, target.id)? {
        let to: Vec<UserId> = authors(tx, merged.id)?.into_iter().filter(|user| told.insert(*user)).collect();
        let mut facts = Facts { merged_into: target.number.clone(), ..about.facts.clone() };
        if letter == Letter::Returned {
            // It speaks to the target's author, and may quote their text.
            facts.reason = None;
        }
        let about = About { manuscript: Some(&merged), subject: merged.id.into(), facts, ..about.clone() };
        letters.extend(letters_to(tx, &about, letter.to_merged(), to)?);
    }
    Ok(letters)
}

/// The persons of a group whom an act tells: not the one who acted, unless as an author; and at no desk those who wrote it, for they
/// read what authors read and decide nothing.
///
/// # Errors
/// The store's.
pub(crate) fn those_told(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    audience: Audience,
    named: &[UserId],
    charged: &[OrganizationId],
) -> Result<Vec<UserId>, DeskError> {
    match (audience, about.manuscript) {
        (Audience::Authors, Some(manuscript)) => authors_of(tx, manuscript.id),
        (Audience::Authors, None) => Ok(Vec::new()),
        (Audience::Named, _) => Ok(named.to_vec()),
        (_, None) => office_told(tx, about, audience, named, charged, &[]),
        (_, Some(manuscript)) => {
            let authors = authors(tx, manuscript.id)?;
            office_told(tx, about, audience, named, charged, &authors)
        }
    }
}

/// The same for the groups that sit at a desk, with the authors in hand.
pub(crate) fn office_told(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    audience: Audience,
    named: &[UserId],
    charged: &[OrganizationId],
    authors: &[UserId],
) -> Result<Vec<UserId>, DeskError> {
    let mut to = audience_of(tx, about, audience, named, charged, authors)?;
    to.retain(|user| Some(*user) != about.actor && !authors.contains(user));
    Ok(to)
}

fn audience_of(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    audience: Audience,
    named: &[UserId],
    charged: &[OrganizationId],
    authors: &[UserId],
) -> Result<Vec<UserId>, DeskError> {
    let channel = about.channel;
    Ok(match audience {
        Audience::Authors => authors.to_vec(),
        Audience::Screeners => match about.manuscript {
            Some(manuscript) => tx.holders(channel, Role::Screener, Some(manuscript.organization_id))?,
            None => Vec::new(),
        },
        Audience::Reviewers => tx.holders(channel, Role::Reviewer, None)?,
        Audience::Signers => people::holders(tx.conn, channel, Role::Signer, None)?,
        Audience::Dispatchers => people::holders(tx.conn, channel, Role::Dispatcher, None)?,
        Audience::Recipients => recipients_of(tx, about, named, authors)?,
        Audience::Handlers => {
            let mut handlers = Vec::new();
            for organization in charged {
                handlers.extend(people::holders(tx.conn, channel, Role::Handler, Some(*organization))?);
            }
            handlers
        }
        Audience::Endorsers | Audience::Named => named.to_vec(),
    })
}

/// The leaders who are named, else those before whom the manuscript is, and their secretaries; a secretary of who wrote it has no part
/// in it either.
fn recipients_of(tx: &mut Tx<'_>, about: &About<'_>, named: &[UserId], authors: &[UserId]) -> Result<Vec<UserId>, DeskError> {
    let mut leaders = named.to_vec();
    if let (true, Some(manuscript)) = (leaders.is_empty(), about.manuscript) {
        leaders = recipients::of_manuscript(tx.conn, manuscript.id)?.into_iter().map(|one| one.user_id).collect();
    }
    leaders.retain(|leader| !authors.contains(leader));
    let secretaries = people::secretaries(tx.conn, about.channel, &leaders)?;
    leaders.extend(secretaries);
    Ok(leaders)
}

fn authors(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<Vec<UserId>, DeskError> {
    Ok(texts::authors(tx.conn, id)?.into_iter().map(|author| author.user_id).collect())
}

/// The authors of a manuscript, and those of manuscripts merged into it.
///
/// # Errors
/// The store's.
pub fn authors_of(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<Vec<UserId>, DeskError> {
    let mut users = authors(tx, id)?;
    for merged in manuscripts::merged_into(tx.conn, id)? {
        users.extend(authors(tx, merged.id)?);
    }
    Ok(users)
}

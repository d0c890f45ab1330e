//! The only place that writes letters, which also are the notices in the inbox. It loads the facts, [`resolve_recipients`] decides, and the
//! rows are written in the act's transaction, so that a letter exists exactly if its act was committed.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::{AppError, Tx, webhooks};
use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, ChannelId, EntryId, ManuscriptId, OrganizationId, UserId};
use crate::domain::notice::{Audience, Letter, NoticeRule, tell as notice};
use crate::domain::queues::{QueueRow, called_by};
use crate::domain::recipients::{LetterRecipient, MergedAuthors, RecipientFacts, bears_marks, resolve_recipients, resolve_reminder};
use crate::domain::vocabulary::Role;
use crate::mail::letters::{LetterFacts, Wording};
use crate::store::recipients as before;
use crate::store::rows::ManuscriptRow;
use crate::store::{StoreError, assignments, letters, manuscripts, people, rows, texts};

mod marks;

/// The subject of a notice.
#[derive(Clone)]
pub(crate) struct About<'a> {
    /// The act's entry.
    pub entry: EntryId,
    /// The channel.
    pub channel: ChannelId,
    /// The manuscript, where there is one.
    pub manuscript: Option<&'a ManuscriptRow>,
    /// The object: a manuscript, bulletin, assignment or person.
    pub subject: AnyId,
    /// The facts that the letter may mention; number and title of the manuscript are added.
    pub facts: LetterFacts,
    /// The earliest time of sending: the end of the undo window, or now.
    pub not_before: Moment,
    /// The actor, who is not notified of their own act unless as an author.
    pub actor: Option<UserId>,
}

/// Facts that the act already has about its recipients; all others are loaded.
#[derive(Clone, Copy, Default)]
pub(crate) struct Hints<'a> {
    /// The group [`Audience::Named`]; for [`Audience::Recipients`] and [`Audience::Endorsers`] the leaders, where the act names them.
    pub named: &'a [UserId],
    /// The organisations of [`Audience::Handlers`].
    pub charged: &'a [OrganizationId],
    /// The authors, if already loaded.
    pub authors: Option<&'a [UserId]>,
    /// Whether it is known that nothing is merged into the manuscript.
    pub nothing_merged: bool,
    /// Whether authors of merged manuscripts leave it by this act, and are informed of that instead.
    pub parts_merged: bool,
    /// The persons who may not sign it.
    pub prepared_by: &'a [UserId],
    /// [`RecipientFacts::only_merged`].
    pub only_merged: Option<&'a [ManuscriptId]>,
}

/// Recipients, with the rows of the merged manuscripts that their letters are about.
pub(crate) struct Resolved {
    /// The recipients, each with their letter.
    pub recipients: Vec<LetterRecipient>,
    merged: Vec<ManuscriptRow>,
    /// Those among them who serve a leader and are not leaders themselves.
    secretaries: BTreeSet<UserId>,
    /// Those who receive letters on behalf of an absent person, and for whom.
    stand_ins: BTreeMap<UserId, BTreeSet<UserId>>,
}

/// Writes one letter to these persons, whom only the act itself names: an account's owner, an invited author.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn tell(tx: &mut Tx<'_>, about: &About<'_>, letter: Letter, to: impl IntoIterator<Item = UserId>) -> Result<(), AppError> {
    let to: BTreeSet<UserId> = to.into_iter().collect();
    let recipients = to.into_iter().map(|user| LetterRecipient { user, letter, merged: Vec::new(), sees: true }).collect();
    write(tx, about, &Resolved { recipients, merged: Vec::new(), secretaries: BTreeSet::new(), stand_ins: BTreeMap::new() }).map(drop)
}

/// Writes one letter to a group. `named` is the group [`Audience::Named`]; `charged` are the organisations of [`Audience::Handlers`].
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn tell_audience(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    audience: Audience,
    letter: Letter,
    named: &[UserId],
    charged: &[OrganizationId],
) -> Result<(), AppError> {
    let resolved = resolve(tx, about, &[notice(audience, letter)], Hints { named, charged, ..Hints::default() })?;
    write(tx, about, &resolved).map(drop)
}

/// Writes one letter to the authors of these merged manuscripts only.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn tell_merged_authors(tx: &mut Tx<'_>, about: &About<'_>, letter: Letter, of: &[ManuscriptId]) -> Result<(), AppError> {
    let hints = Hints { only_merged: Some(of), ..Hints::default() };
    let resolved = resolve(tx, about, &[notice(Audience::Authors, letter)], hints)?;
    write(tx, about, &resolved).map(drop)
}

/// Resolves the recipients of an act without writing anything.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn resolve(tx: &mut Tx<'_>, about: &About<'_>, notices: &[NoticeRule], hints: Hints<'_>) -> Result<Resolved, AppError> {
    let audiences: Vec<Audience> = notices.iter().map(|one| one.audience).collect();
    let (facts, merged) = load(tx, about, &audiences, hints)?;
    Ok(Resolved { recipients: resolve_recipients(notices, &facts), secretaries: secretaries(&facts), stand_ins: stand_ins(&facts), merged })
}

/// Resolves the recipients of a reminder that something waits in this queue.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn resolve_reminding(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    queue: &QueueRow,
    letter: Letter,
    has_passed: bool,
    hints: Hints<'_>,
) -> Result<Resolved, AppError> {
    let above = queue.escalation.filter(|_| has_passed).map(|above| above.to);
    let audiences: Vec<Audience> = above.into_iter().chain([queue.audience]).collect();
    let (facts, merged) = load(tx, about, &audiences, hints)?;
    let recipients = resolve_reminder(queue, letter, has_passed, &facts);
    Ok(Resolved { recipients, merged, secretaries: BTreeSet::new(), stand_ins: stand_ins(&facts) })
}

/// Returns the persons who serve one of the leaders and are not among the leaders.
fn secretaries(facts: &RecipientFacts) -> BTreeSet<UserId> {
    let holders = facts.holders.get(&Role::Secretary).into_iter().flatten();
    let serves = holders.filter(|holder| holder.serves.is_some_and(|leader| facts.leaders.contains(&leader)));
    serves.map(|holder| holder.user).filter(|user| !facts.leaders.contains(user)).collect()
}

/// Returns the persons who hold these roles only on behalf of absent persons, and for whom.
fn stand_ins(facts: &RecipientFacts) -> BTreeMap<UserId, BTreeSet<UserId>> {
    let holders = || facts.holders.values().flatten();
    let mut found: BTreeMap<UserId, BTreeSet<UserId>> = BTreeMap::new();
    for (user, absent) in holders().filter_map(|holder| Some((holder.user, holder.for_user?))) {
        found.entry(user).or_default().insert(absent);
    }
    for holder in holders().filter(|holder| holder.for_user.is_none()) {
        found.remove(&holder.user);
    }
    found
}

/// Returns the names of those on whose behalf the recipient is notified of work.
fn absent(tx: &mut Tx<'_>, recipient: &LetterRecipient, resolved: &Resolved) -> Result<Option<String>, AppError> {
    let is_work = bears_marks(recipient.letter) || recipient.letter == Letter::BulletinSubmitted || called_by(recipient.letter).is_some();
    let Some(absent) = resolved.stand_ins.get(&recipient.user).filter(|_| is_work) else { return Ok(None) };
    let names = absent.iter().map(|user| Ok(people::find(tx.conn, *user)?.name)).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Some(names.join("、")))
}

/// Loads the facts that determine the current members of these groups.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn facts_of(tx: &mut Tx<'_>, about: &About<'_>, audiences: &[Audience], hints: Hints<'_>) -> Result<RecipientFacts, AppError> {
    Ok(load(tx, about, audiences, hints)?.0)
}

/// Loads only the facts that these groups need.
fn load(
    tx: &mut Tx<'_>,
    about: &About<'_>,
    audiences: &[Audience],
    hints: Hints<'_>,
) -> Result<(RecipientFacts, Vec<ManuscriptRow>), AppError> {
    let mut facts = RecipientFacts {
        actor: about.actor,
        named: hints.named.to_vec(),
        charged: hints.charged.to_vec(),
        leaders: hints.named.to_vec(),
        endorsers: hints.named.to_vec(),
        organization: about.manuscript.map(|manuscript| manuscript.organization_id),
        prepared_by: hints.prepared_by.to_vec(),
        tells_merged: !hints.parts_merged,
        only_merged: hints.only_merged.map(<[_]>::to_vec),
        ..RecipientFacts::default()
    };
    let mut merged = Vec::new();
    facts.authors = match (hints.authors, about.manuscript) {
        (Some(authors), _) => authors.to_vec(),
        (None, Some(manuscript)) => authors(tx, manuscript.id)?,
        (None, None) => Vec::new(),
    };
    if let Some(target) = about.manuscript.filter(|row| !hints.nothing_merged && row.review_at.is_some()) {
        merged = manuscripts::merged_into(tx.conn, target.id)?;
        for one in &merged {
            facts.merged.push(MergedAuthors { manuscript: one.id, authors: authors(tx, one.id)? });
        }
    }
    let asked = |audience| audiences.contains(&audience);
    if let Some(manuscript) = about.manuscript {
        if asked(Audience::Recipients) && facts.leaders.is_empty() {
            facts.leaders = before::of_manuscript(tx.conn, manuscript.id)?.into_iter().map(|one| one.user_id).collect();
        }
        if asked(Audience::Endorsers) && facts.endorsers.is_empty() {
            facts.endorsers = assignments::endorsers(tx.conn, manuscript.id)?;
        }
    }
    for audience in audiences {
        for role in audience.roles() {
            let organizations: Vec<Option<OrganizationId>> = match (*audience, facts.organization) {
                (Audience::Screeners, None) => Vec::new(),
                (Audience::Screeners, of) => vec![of],
                (Audience::Handlers, _) => facts.charged.iter().copied().map(Some).collect(),
                _ => vec![None],
            };
            for of in organizations {
                let holders = tx.holders(about.channel, *role, of)?;
                facts.holders.entry(*role).or_default().extend(holders);
            }
        }
    }
    Ok((facts, merged))
}

/// Writes the letters. Returns the number of those that did not exist yet.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn write(tx: &mut Tx<'_>, about: &About<'_>, resolved: &Resolved) -> Result<usize, AppError> {
    let letters = letters_of(tx, about, resolved)?;
    let written = letters::write_all(tx.conn, &letters)?;
    webhooks::call_by_letters(tx, &letters, about.manuscript.map(|manuscript| manuscript.organization_id))?;
    Ok(written)
}

/// Builds the letters, to be written together with others.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn letters_of(tx: &mut Tx<'_>, about: &About<'_>, resolved: &Resolved) -> Result<Vec<rows::NewLetter>, AppError> {
    let more = marks::dates_and_marks(tx, about, resolved)?;
    let mut letters = Vec::new();
    for recipient in &resolved.recipients {
        let more = LetterFacts { on_behalf_of: absent(tx, recipient, resolved)?, ..more.clone() };
        letters.push(letter(tx, about, recipient, resolved, &more)?);
    }
    Ok(letters)
}

fn letter(
    tx: &Tx<'_>,
    about: &About<'_>,
    recipient: &LetterRecipient,
    resolved: &Resolved,
    more: &LetterFacts,
) -> Result<rows::NewLetter, AppError> {
    let own: Vec<&ManuscriptRow> = resolved.merged.iter().filter(|row| recipient.merged.contains(&row.id)).collect();
    let manuscript = own.first().copied().or(about.manuscript).filter(|_| recipient.sees);
    let mut facts = LetterFacts { on_behalf_of: more.on_behalf_of.clone(), ..about.facts.clone() };
    marks::take_dates(&mut facts, more);
    if bears_marks(recipient.letter) {
        (facts.urgent, facts.endorsed) = (more.urgent, more.endorsed);
    }
    if recipient.letter == Letter::ForYourReading && resolved.secretaries.contains(&recipient.user) {
        facts.wording = Some(Wording::Secretary);
    }
    if !own.is_empty() {
        // The letter is about their own manuscript, whose page shows the target's public course.
        facts.merged_into = about.manuscript.and_then(|target| target.number.clone());
        if recipient.letter == Letter::Returned.to_merged() {
            // The reason is addressed to the target's author, and may quote their text.
            facts.reason = None;
        }
    }
    match (manuscript, own.as_slice()) {
        (None, _) if !recipient.sees => {
            let path = Some("/inbox".to_owned());
            facts = LetterFacts { due: facts.due, deadline: facts.deadline, path, ..LetterFacts::default() };
            marks::take_dates(&mut facts, more);
        }
        (_, [_, _, ..]) => {
            let joined = |words: Vec<&str>| Some(words.join("、"));
            facts.number = joined(own.iter().filter_map(|row| row.number.as_deref()).collect());
            facts.title = joined(own.iter().map(|row| row.title.as_str()).collect());
        }
        (Some(row), _) => {
            facts.number = facts.number.or_else(|| row.number.clone());
            facts.title = facts.title.or_else(|| Some(row.title.clone()));
        }
        (None, _) => {}
    }
    Ok(rows::NewLetter {
        id: tx.id(),
        channel: about.channel,
        entry: about.entry,
        recipient: recipient.user,
        kind: recipient.letter,
        manuscript: manuscript.map(|row| row.id),
        subject: own.first().map_or(about.subject, |row| row.id.into()),
        args: serde_json::to_string(&facts).map_err(|error| StoreError::unreadable("letter", &error))?,
        at: tx.now,
        not_before: about.not_before,
        // A failure of mail is not announced by mail.
        by_mail: recipient.letter != Letter::MailFailed,
    })
}

fn authors(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<Vec<UserId>, AppError> {
    Ok(texts::authors(tx.conn, id)?.into_iter().map(|author| author.user_id).collect())
}

/// Returns the authors of a manuscript, and those of manuscripts merged into it.
///
/// # Errors
/// Fails if a database operation fails.
pub fn authors_of(tx: &mut Tx<'_>, id: ManuscriptId) -> Result<Vec<UserId>, AppError> {
    let mut users = authors(tx, id)?;
    for merged in manuscripts::merged_into(tx.conn, id)? {
        users.extend(authors(tx, merged.id)?);
    }
    Ok(users)
}

/// Returns the number of people with a grant of their own in this role, without stand-ins.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn count_holders(tx: &mut Tx<'_>, channel: ChannelId, role: Role) -> Result<usize, AppError> {
    let holders = tx.holders(channel, role, None)?;
    Ok(holders.iter().filter(|one| one.for_user.is_none()).map(|one| one.user).collect::<BTreeSet<_>>().len())
}

//! Whether a queue has people who can work it, and whether a manuscript is screened first.

use crate::app::{AppError, Tx};
use crate::domain::ids::{ChannelId, OrganizationId, UserId};
use crate::domain::notice::Audience;
use crate::domain::queues::{QueueRow, WorkQueue};
use crate::domain::recipients::RecipientFacts;
use crate::store::channels::{self, OrganizationRow};

/// Returns whether anybody can work this queue for a manuscript of that organisation; `facts` name its authors and those who prepared it.
pub(crate) fn is_staffed(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    queue: &QueueRow,
    organization: OrganizationId,
    facts: RecipientFacts,
) -> Result<bool, AppError> {
    let mut facts = RecipientFacts { organization: Some(organization), charged: vec![organization], ..facts };
    let near = matches!(queue.audience, Audience::Screeners | Audience::Handlers).then_some(organization);
    for role in queue.audience.roles() {
        facts.holders.insert(*role, tx.holders(channel, *role, near)?);
    }
    Ok(facts.is_staffed(queue.audience))
}

/// In the facts of an entry: screening was skipped because nobody could do it.
pub(crate) const UNSTAFFED: &str = "unstaffed";

/// Whether a manuscript is screened in its author's organisation first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ScreeningNeed {
    /// The organisation does not screen.
    #[default]
    Unwanted,
    /// The organisation screens, but nobody there can do it.
    Skipped,
    /// The manuscript is screened.
    Wanted,
}

/// Returns whether manuscripts of these persons in an organisation are screened.
pub(crate) fn screening(tx: &mut Tx<'_>, organization: &OrganizationRow, authors: &[UserId]) -> Result<ScreeningNeed, AppError> {
    if !organization.screening {
        return Ok(ScreeningNeed::Unwanted);
    }
    let can = could_screen(tx, organization.channel_id, organization.id, authors)?;
    Ok(if can { ScreeningNeed::Wanted } else { ScreeningNeed::Skipped })
}

/// Returns the organisations that screen but have nobody who can do it; the manuscripts of their members go to review directly.
///
/// # Errors
/// Fails if a database operation fails.
pub(crate) fn without_screener(tx: &mut Tx<'_>, channel: ChannelId) -> Result<Vec<OrganizationRow>, AppError> {
    let all = channels::list_organizations(tx.conn, channel)?;
    let mut found = Vec::new();
    for one in all.into_iter().filter(|one| one.screening && one.closed_at.is_none()) {
        if !could_screen(tx, channel, one.id, &[])? {
            found.push(one);
        }
    }
    Ok(found)
}

pub(crate) fn could_screen(
    tx: &mut Tx<'_>,
    channel: ChannelId,
    organization: OrganizationId,
    authors: &[UserId],
) -> Result<bool, AppError> {
    let facts = RecipientFacts { authors: authors.to_vec(), ..RecipientFacts::default() };
    is_staffed(tx, channel, WorkQueue::Screening.row(), organization, facts)
}

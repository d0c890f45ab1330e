//! Whether somebody could work a queue, and whether what somebody writes is screened first.

use crate::app::{AppError, Tx};
use crate::domain::ids::{ChannelId, OrganizationId, UserId};
use crate::domain::notice::Audience;
use crate::domain::queues::{QueueRow, WorkQueue};
use crate::domain::recipients::RecipientFacts;
use crate::store::channels::{self, OrganizationRow};

/// Whether somebody could work this queue for a manuscript of that organisation; `facts` says who wrote and prepared it.
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

/// In the facts of an entry: that screening was left out because nobody could do it.
pub(crate) const UNSTAFFED: &str = "unstaffed";

/// Whether what somebody writes is screened in their organisation first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum ScreeningNeed {
    /// The organisation doesn't want it.
    #[default]
    Unwanted,
    /// The organisation wants it, and nobody there can do it.
    Skipped,
    /// It is.
    Wanted,
}

/// Whether what these persons write in an organisation is screened.
pub(crate) fn screening(tx: &mut Tx<'_>, organization: &OrganizationRow, authors: &[UserId]) -> Result<ScreeningNeed, AppError> {
    if !organization.screening {
        return Ok(ScreeningNeed::Unwanted);
    }
    let can = could_screen(tx, organization.channel_id, organization.id, authors)?;
    Ok(if can { ScreeningNeed::Wanted } else { ScreeningNeed::Skipped })
}

/// The organisations that want to screen and have nobody who could: what their members hand in goes to the review at once.
///
/// # Errors
/// The store's.
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

//! Loads rows of several manuscripts with one statement, for lists that read them manuscript by manuscript.
//!
//! A list passes the ids of its manuscripts to [`Tx::prefetch`]. The first accessor call for one of them then loads the rows of that kind
//! for all of them and caches them for the reading. Only readings do this, because within an act rows change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::app::Tx;
use crate::domain::ids::{ChannelId, ManuscriptId, TextId, UserId};
use crate::domain::outgoing::TextVersion;
use crate::store::assignments::{self, Assignment};
use crate::store::bulletins::{self, Bulletin, BulletinRecipientRow};
use crate::store::change_requests::{self, ChangeRequest};
use crate::store::channels::{self, OrganizationRow};
use crate::store::recipients::{self, RecipientRow};
use crate::store::replies::{self, ReplyItemRow, ReplyRow};
use crate::store::reports::{self, ImplementationReportRow, Urging};
use crate::store::rows::{AuthorRow, DecisionRow, ManuscriptRow, TextRow};
use crate::store::{AnyConn, StoreError, decisions, manuscripts, people, texts};

/// Rows of one kind, for the manuscripts for which they were loaded.
type Batch<T> = BTreeMap<ManuscriptId, Vec<T>>;

/// The manuscripts of a page, with the rows loaded so far.
#[derive(Default)]
pub(crate) struct Prefetched {
    of: BTreeSet<ManuscriptId>,
    rows: Batch<ManuscriptRow>,
    authors: Batch<AuthorRow>,
    recipients: Batch<RecipientRow>,
    assignments: Batch<Assignment>,
    /// One number each.
    merged: Batch<i64>,
    versions: Batch<TextVersion>,
    texts: Batch<TextRow>,
    requests: Batch<ChangeRequest>,
    decisions: Batch<DecisionRow>,
    bulletins: Batch<Bulletin>,
    addressees: Batch<BulletinRecipientRow>,
    replies: Batch<ReplyRow>,
    items: Batch<ReplyItemRow>,
    reports: Batch<ImplementationReportRow>,
    urgings: Batch<Urging>,
    organizations: Option<(ChannelId, Arc<Vec<OrganizationRow>>)>,
}

/// Returns the rows of one manuscript; loads those of all prefetched manuscripts that are not loaded yet.
fn rows_of<T: Clone>(
    conn: &mut AnyConn,
    of: &BTreeSet<ManuscriptId>,
    batch: &mut Batch<T>,
    id: ManuscriptId,
    load: impl FnOnce(&mut AnyConn, &[ManuscriptId]) -> Result<Vec<(ManuscriptId, T)>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    if !batch.contains_key(&id) {
        let missing: Vec<ManuscriptId> = of.iter().filter(|id| !batch.contains_key(id)).copied().collect();
        let found = load(conn, &missing)?;
        batch.extend(missing.into_iter().map(|id| (id, Vec::new())));
        for (id, row) in found {
            batch.entry(id).or_default().push(row);
        }
    }
    Ok(batch.get(&id).cloned().unwrap_or_default())
}

/// Pairs each row with the manuscript to which it belongs.
fn keyed<T>(rows: Vec<T>, of: impl Fn(&T) -> ManuscriptId) -> Vec<(ManuscriptId, T)> {
    rows.into_iter().map(|row| (of(&row), row)).collect()
}

/// Defines an accessor for each kind of row: how it is loaded for a single manuscript, and for all prefetched ones.
macro_rules! accessors {
    ($($(#[$doc:meta])* $name:ident: $field:ident => $row:ty, $one:expr, $many:expr;)+) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// Fails if a database operation fails.
        pub(crate) fn $name(&mut self, id: ManuscriptId) -> Result<Vec<$row>, StoreError> {
            let all = &mut self.memory.prefetched;
            if all.of.contains(&id) { rows_of(self.conn, &all.of, &mut all.$field, id, $many) } else { $one(self.conn, id) }
        }
    )+};
}

/// Defines the same where a row names its manuscript.
macro_rules! by_manuscript {
    ($many:path) => {
        |conn, ids| Ok(keyed($many(conn, ids)?, |row| row.manuscript_id))
    };
}

impl Tx<'_> {
    /// Sets the manuscripts whose rows are loaded together from now on.
    pub(crate) fn prefetch(&mut self, ids: impl IntoIterator<Item = ManuscriptId>) {
        self.memory.prefetched.of.extend(ids);
    }

    /// Loads people together who are read one by one afterwards ([`Tx::person`]).
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub(crate) fn prefetch_people(&mut self, ids: impl IntoIterator<Item = UserId>) -> Result<(), StoreError> {
        let missing: BTreeSet<UserId> = ids.into_iter().filter(|id| !self.memory.people.contains_key(id)).collect();
        if !missing.is_empty() {
            let found = people::find_many(self.conn, &missing.into_iter().collect::<Vec<_>>())?;
            self.memory.people.extend(found.into_iter().map(|user| (user.id, Arc::new(user))));
        }
        Ok(())
    }

    /// Returns a manuscript's row.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], also for one of another channel.
    pub(crate) fn manuscript(&mut self, channel: ChannelId, id: ManuscriptId) -> Result<ManuscriptRow, StoreError> {
        let all = &mut self.memory.prefetched;
        if !all.of.contains(&id) {
            return manuscripts::find(self.conn, channel, id);
        }
        let rows = rows_of(self.conn, &all.of, &mut all.rows, id, |conn, ids| Ok(keyed(manuscripts::find_many(conn, ids)?, |row| row.id)))?;
        rows.into_iter().find(|row| row.channel_id == channel).ok_or(StoreError::NotFound)
    }

    /// Returns the organisations of a channel, loaded once in a reading.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub(crate) fn organizations(&mut self, channel: ChannelId) -> Result<Arc<Vec<OrganizationRow>>, StoreError> {
        if let Some((_, all)) = self.memory.prefetched.organizations.as_ref().filter(|(of, _)| *of == channel) {
            return Ok(Arc::clone(all));
        }
        let all = Arc::new(channels::list_organizations(self.conn, channel)?);
        self.memory.prefetched.organizations = Some((channel, Arc::clone(&all)));
        Ok(all)
    }

    /// Returns the organisation of a manuscript's author.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; errors of the database.
    pub(crate) fn organization_of(&mut self, row: &ManuscriptRow) -> Result<OrganizationRow, StoreError> {
        if !self.memory.prefetched.of.contains(&row.id) {
            return channels::find_organization(self.conn, row.channel_id, row.organization_id);
        }
        let all = self.organizations(row.channel_id)?;
        all.iter().find(|one| one.id == row.organization_id).cloned().ok_or(StoreError::NotFound)
    }

    /// Returns the number of manuscripts merged into this one.
    ///
    /// # Errors
    /// Fails if a database operation fails.
    pub(crate) fn merged_count(&mut self, id: ManuscriptId) -> Result<usize, StoreError> {
        let all = &mut self.memory.prefetched;
        if !all.of.contains(&id) {
            return Ok(usize::try_from(manuscripts::count_merged(self.conn, id)?).unwrap_or(usize::MAX));
        }
        let counted = rows_of(self.conn, &all.of, &mut all.merged, id, manuscripts::count_merged_of_many)?;
        Ok(counted.first().and_then(|count| usize::try_from(*count).ok()).unwrap_or_default())
    }

    /// Returns a text of a manuscript: its original in use or its edited text; any other text is loaded separately.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; errors of the database.
    pub(crate) fn text_of(&mut self, manuscript: ManuscriptId, id: TextId) -> Result<TextRow, StoreError> {
        let all = &mut self.memory.prefetched;
        if all.of.contains(&manuscript) {
            let texts = rows_of(self.conn, &all.of, &mut all.texts, manuscript, by_manuscript!(texts::in_use))?;
            if let Some(text) = texts.into_iter().find(|text| text.id == id) {
                return Ok(text);
            }
        }
        texts::find(self.conn, id)
    }

    accessors! {
        /// A manuscript's authors in order, without those whose invitation was withdrawn.
        authors_of: authors => AuthorRow, texts::authors, by_manuscript!(texts::authors_of_many);
        /// The ways by which a manuscript has reached its leaders.
        recipients_of: recipients => RecipientRow, recipients::of_manuscript, by_manuscript!(recipients::of_many);
        /// A manuscript's assignments, in the order in which they were made.
        assignments_of: assignments => Assignment, assignments::of_manuscript, by_manuscript!(assignments::of_many);
        /// The facts that decide which of a manuscript's texts goes out.
        versions_of: versions => TextVersion, texts::versions, texts::versions_of_many;
        /// The requested changes, oldest first, without those of a return that was undone.
        requests_of: requests => ChangeRequest, change_requests::list, by_manuscript!(change_requests::of_many);
        /// A manuscript's decisions, oldest first, without those that were undone.
        decisions_of: decisions => DecisionRow, decisions::list, by_manuscript!(decisions::of_many);
        /// The bulletins that contain a manuscript, oldest first.
        bulletins_with: bulletins => Bulletin, bulletins::of_manuscript, bulletins::of_many;
        /// The leaders to whom those bulletins are addressed.
        bulletin_recipients_of: addressees => BulletinRecipientRow, bulletins::addressees_of_manuscript, bulletins::addressees_of_many;
        /// The replies of a manuscript's departments.
        replies_of: replies => ReplyRow, replies::of_manuscript, by_manuscript!(replies::of_many);
        /// The answers of those replies, by suggestion.
        reply_items_of: items => ReplyItemRow, replies::items_of_manuscript, replies::items_of_many;
        /// The reports on implementation.
        reports_of: reports => ImplementationReportRow, reports::of_manuscript, by_manuscript!(reports::of_many);
        /// The reminders sent to departments.
        urgings_of: urgings => Urging, reports::urgings_of_manuscript, reports::urgings_of_many;
    }
}

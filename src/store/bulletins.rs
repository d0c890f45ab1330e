//! Bulletins, the manuscripts in them, and their addressees.

use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::domain::bulletin::{BulletinKind, RecipientKind};
use crate::domain::clock::Moment;
use crate::domain::ids::{BulletinId, ChannelId, ManuscriptId, TextId, UserId};
use crate::domain::states::BulletinState;
use crate::store::connection::{AnyConn, PreparedSql};
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::{authors, bulletin_items, bulletin_recipients, bulletins};

/// A row of `bulletins`.
#[derive(Debug, Clone, Queryable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = bulletins, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(crate) struct Bulletin {
    pub id: BulletinId,
    pub channel_id: ChannelId,
    pub series: String,
    pub kind: BulletinKind,
    pub title: String,
    pub foreword: String,
    pub supplement: bool,
    pub state: BulletinState,
    pub version: i64,
    pub editor_id: UserId,
    pub signer_id: Option<UserId>,
    pub year: Option<i64>,
    pub issue_number: Option<i64>,
    pub total_number: Option<i64>,
    pub created_at: Moment,
    pub submitted_at: Option<Moment>,
    pub issued_at: Option<Moment>,
    pub cancelled_at: Option<Moment>,
    pub reason: Option<String>,
}

/// A row of `bulletin_items`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = bulletin_items, treat_none_as_default_value = false)]
pub(crate) struct BulletinItemRow {
    pub bulletin_id: BulletinId,
    pub manuscript_id: ManuscriptId,
    pub position: i64,
    pub text_id: Option<TextId>,
    /// A JSON list of [manuscript, person]: the authors of merged manuscripts that the bulletin names; `None` before it is issued.
    pub credited: Option<String>,
}

impl BulletinItemRow {
    /// The authors of merged manuscripts that an issued bulletin names; `None` for one that is not issued, or was issued before they were
    /// stored.
    pub(crate) fn credited(&self) -> Result<Option<Vec<(ManuscriptId, UserId)>>, StoreError> {
        let read = |json: &String| serde_json::from_str(json).map_err(|error| StoreError::unreadable("bulletin_items.credited", &error));
        self.credited.as_ref().map(read).transpose()
    }
}

/// A row of `bulletin_recipients`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = bulletin_recipients, treat_none_as_default_value = false)]
pub(crate) struct BulletinRecipientRow {
    pub bulletin_id: BulletinId,
    pub user_id: UserId,
    pub kind: RecipientKind,
}

/// Which bulletins a person may find at all.
#[derive(Debug, Clone)]
pub(crate) enum BulletinScope {
    /// The office: all bulletins, except drafts that contain a manuscript by one of these persons, or one of these manuscripts.
    Office { but_not_by: Vec<UserId>, but_not_of: Vec<ManuscriptId> },
    /// All that were issued, cancelled ones included.
    Issued,
    /// Bulletins that were issued to these leaders.
    To(Vec<UserId>),
}

const OUT: [BulletinState; 2] = [BulletinState::Issued, BulletinState::Cancelled];

pub(crate) fn insert(conn: &mut AnyConn, row: &Bulletin) -> Result<(), StoreError> {
    diesel::insert_into(bulletins::table).values(row).execute(conn)?;
    proof::wrote(&tables::BULLETINS, &[&row.id])
}

/// One bulletin, if this person may find it.
pub(crate) fn find(conn: &mut AnyConn, channel: ChannelId, id: BulletinId, within: &BulletinScope) -> Result<Bulletin, StoreError> {
    Ok(visible(channel, within).filter(bulletins::id.eq(id)).get_result(conn)?)
}

/// On PostgreSQL the row stays locked until the transaction ends; SQLite has one writer anyway.
pub(crate) fn lock(conn: &mut AnyConn, id: BulletinId) -> Result<(), StoreError> {
    if let AnyConn::Pg(conn) = conn {
        bulletins::table.filter(bulletins::id.eq(id)).for_update().select(bulletins::version).get_result::<i64>(conn)?;
    }
    Ok(())
}

/// Newest first, before `cursor`.
pub(crate) fn list(
    conn: &mut AnyConn,
    channel: ChannelId,
    within: &BulletinScope,
    state: Option<BulletinState>,
    series: Option<&str>,
    cursor: Option<BulletinId>,
    limit: i64,
) -> Result<Vec<Bulletin>, StoreError> {
    let mut rows = visible(channel, within);
    if let Some(state) = state {
        rows = rows.filter(bulletins::state.eq(state));
    }
    if let Some(series) = series {
        rows = rows.filter(bulletins::series.eq(series.to_owned()));
    }
    if let Some(cursor) = cursor {
        rows = rows.filter(bulletins::id.lt(cursor));
    }
    Ok(rows.order(bulletins::id.desc()).limit(limit).load(conn)?)
}

type Rows<'a> = bulletins::BoxedQuery<'a, crate::store::connection::MultiBackend>;

fn visible<'a>(channel: ChannelId, within: &BulletinScope) -> Rows<'a> {
    let rows = bulletins::table.filter(bulletins::channel_id.eq(channel)).into_boxed();
    match within {
        BulletinScope::Office { but_not_by, but_not_of } => {
            let theirs = bulletin_items::table
                .inner_join(authors::table.on(authors::manuscript_id.eq(bulletin_items::manuscript_id)))
                .filter(bulletin_items::bulletin_id.eq(bulletins::id))
                .filter(authors::withdrawn_at.is_null())
                .filter(authors::user_id.eq_any(but_not_by.clone()));
            let merged = bulletin_items::table
                .filter(bulletin_items::bulletin_id.eq(bulletins::id))
                .filter(bulletin_items::manuscript_id.eq_any(but_not_of.clone()));
            rows.filter(bulletins::state.eq_any(OUT).or(not(exists(theirs)).and(not(exists(merged)))))
        }
        BulletinScope::Issued => rows.filter(bulletins::state.eq_any(OUT)),
        BulletinScope::To(leaders) => {
            let theirs = bulletin_recipients::table
                .filter(bulletin_recipients::bulletin_id.eq(bulletins::id))
                .filter(bulletin_recipients::user_id.eq_any(leaders.clone()));
            rows.filter(bulletins::state.eq_any(OUT)).filter(exists(theirs))
        }
    }
}

/// Saves the row if it still has version `seen`; `row.version` is the new one.
pub(crate) fn save(conn: &mut AnyConn, row: &Bulletin, seen: i64) -> Result<(), StoreError> {
    let target = bulletins::table.filter(bulletins::id.eq(row.id)).filter(bulletins::version.eq(seen));
    if PreparedSql(diesel::update(target).set(row)).execute(conn)? == 1 {
        return proof::wrote(&tables::BULLETINS, &[&row.id]);
    }
    let current = bulletins::table.filter(bulletins::id.eq(row.id)).select(bulletins::version).get_result(conn)?;
    Err(StoreError::Stale { current })
}

/// Throws a draft away.
pub(crate) fn delete(conn: &mut AnyConn, id: BulletinId) -> Result<(), StoreError> {
    set_contents(conn, id, &[], &[])?;
    diesel::delete(bulletins::table.filter(bulletins::id.eq(id))).execute(conn)?;
    proof::wrote(&tables::BULLETINS, &[&id])
}

/// Replaces the manuscripts and the leaders of a draft.
pub(crate) fn set_contents(
    conn: &mut AnyConn,
    id: BulletinId,
    items: &[BulletinItemRow],
    to: &[BulletinRecipientRow],
) -> Result<(), StoreError> {
    let (of_it, for_whom) = (bulletin_items::bulletin_id.eq(id), bulletin_recipients::bulletin_id.eq(id));
    let were: Vec<ManuscriptId> = bulletin_items::table.filter(of_it).select(bulletin_items::manuscript_id).load(conn)?;
    let told: Vec<UserId> = bulletin_recipients::table.filter(for_whom).select(bulletin_recipients::user_id).load(conn)?;
    diesel::delete(bulletin_items::table.filter(of_it)).execute(conn)?;
    diesel::delete(bulletin_recipients::table.filter(for_whom)).execute(conn)?;
    were.iter().try_for_each(|manuscript| proof::wrote(&tables::BULLETIN_ITEMS, &[&id, manuscript]))?;
    told.iter().try_for_each(|user| proof::wrote(&tables::BULLETIN_RECIPIENTS, &[&id, user]))?;
    // One by one: a multi-row insert has no spelling that both databases share here, and there are a handful.
    for item in items {
        diesel::insert_into(bulletin_items::table).values(item).execute(conn)?;
        proof::wrote(&tables::BULLETIN_ITEMS, &[&id, &item.manuscript_id])?;
    }
    for addressee in to {
        diesel::insert_into(bulletin_recipients::table).values(addressee).execute(conn)?;
        proof::wrote(&tables::BULLETIN_RECIPIENTS, &[&id, &addressee.user_id])?;
    }
    Ok(())
}

/// Records the text as it was issued.
pub(crate) fn set_text(conn: &mut AnyConn, id: BulletinId, manuscript: ManuscriptId, text: TextId) -> Result<(), StoreError> {
    let item = bulletin_items::table.filter(bulletin_items::bulletin_id.eq(id)).filter(bulletin_items::manuscript_id.eq(manuscript));
    diesel::update(item).set(bulletin_items::text_id.eq(Some(text))).execute(conn)?;
    proof::wrote(&tables::BULLETIN_ITEMS, &[&id, &manuscript])
}

/// Stores the authors that the bulletin names besides those of its manuscripts.
pub(crate) fn set_credited(
    conn: &mut AnyConn,
    id: BulletinId,
    manuscript: ManuscriptId,
    credited: &[(ManuscriptId, UserId)],
) -> Result<(), StoreError> {
    let json = serde_json::to_string(credited).map_err(|error| StoreError::unreadable("bulletin_items.credited", &error))?;
    let item = bulletin_items::table.filter(bulletin_items::bulletin_id.eq(id)).filter(bulletin_items::manuscript_id.eq(manuscript));
    diesel::update(item).set(bulletin_items::credited.eq(Some(json))).execute(conn)?;
    proof::wrote(&tables::BULLETIN_ITEMS, &[&id, &manuscript])
}

/// The manuscripts of these bulletins, each in its order.
pub(crate) fn items(conn: &mut AnyConn, ids: &[BulletinId]) -> Result<Vec<BulletinItemRow>, StoreError> {
    let rows = bulletin_items::table.filter(bulletin_items::bulletin_id.eq_any(ids.to_vec()));
    Ok(rows.order((bulletin_items::bulletin_id, bulletin_items::position)).load(conn)?)
}

/// The leaders of these bulletins.
pub(crate) fn addressees(conn: &mut AnyConn, ids: &[BulletinId]) -> Result<Vec<BulletinRecipientRow>, StoreError> {
    let rows = bulletin_recipients::table.filter(bulletin_recipients::bulletin_id.eq_any(ids.to_vec()));
    Ok(rows.order((bulletin_recipients::bulletin_id, bulletin_recipients::kind, bulletin_recipients::user_id)).load(conn)?)
}

/// The bulletins that contain a manuscript, oldest first.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<Bulletin>, StoreError> {
    let rows = bulletins::table.inner_join(bulletin_items::table.on(bulletin_items::bulletin_id.eq(bulletins::id)));
    let rows = rows.filter(bulletin_items::manuscript_id.eq(manuscript));
    Ok(rows.select(bulletins::all_columns).order(bulletins::id).load(conn)?)
}

/// Like [`of_manuscript`] for several manuscripts, each bulletin with its manuscript.
pub(crate) fn of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<(ManuscriptId, Bulletin)>, StoreError> {
    let rows = bulletins::table.inner_join(bulletin_items::table.on(bulletin_items::bulletin_id.eq(bulletins::id)));
    let rows = rows.filter(bulletin_items::manuscript_id.eq_any(manuscripts)).order(bulletins::id);
    Ok(rows.select((bulletin_items::manuscript_id, bulletins::all_columns)).load(conn)?)
}

/// The leaders to whom bulletins with these manuscripts are addressed, each with the manuscript.
pub(crate) fn addressees_of_many(
    conn: &mut AnyConn,
    manuscripts: &[ManuscriptId],
) -> Result<Vec<(ManuscriptId, BulletinRecipientRow)>, StoreError> {
    let rows =
        bulletin_recipients::table.inner_join(bulletin_items::table.on(bulletin_items::bulletin_id.eq(bulletin_recipients::bulletin_id)));
    let rows = rows.filter(bulletin_items::manuscript_id.eq_any(manuscripts));
    let rows = rows.order((bulletin_recipients::bulletin_id, bulletin_recipients::kind, bulletin_recipients::user_id));
    Ok(rows.select((bulletin_items::manuscript_id, bulletin_recipients::all_columns)).load(conn)?)
}

/// The leaders to whom bulletins with this manuscript are addressed.
pub(crate) fn addressees_of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<BulletinRecipientRow>, StoreError> {
    Ok(addressees_of_many(conn, &[manuscript])?.into_iter().map(|(_, addressee)| addressee).collect())
}

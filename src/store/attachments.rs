//! Which files belong to which manuscript. The files themselves lie in `documents::vault`, named by their hash.

use diesel::prelude::*;

use crate::domain::clock::Moment;
use crate::domain::ids::{AnyId, AttachmentId, ChannelId, ManuscriptId, UserId};
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, tables};
use crate::store::schema::attachments;
use crate::store::types::SubjectKind;

/// A row of `attachments`.
#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = attachments, treat_none_as_default_value = false)]
pub(crate) struct Attachment {
    pub id: AttachmentId,
    pub channel_id: ChannelId,
    pub manuscript_id: ManuscriptId,
    pub subject_kind: SubjectKind,
    pub subject_id: AnyId,
    pub sha256: Vec<u8>,
    pub name: String,
    pub media_type: String,
    pub bytes: i64,
    pub uploaded_by: UserId,
    pub created_at: Moment,
    pub removed_at: Option<Moment>,
    pub handed_in_at: Option<Moment>,
}

pub(crate) fn insert(conn: &mut AnyConn, row: &Attachment) -> Result<(), StoreError> {
    diesel::insert_into(attachments::table).values(row).execute(conn)?;
    proof::wrote(&tables::ATTACHMENTS, &[&row.id])
}

/// Those of these hashes that a row names, removed rows included: the ledger still names their files.
pub(crate) fn named(conn: &mut AnyConn, hashes: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, StoreError> {
    let rows = attachments::table.filter(attachments::sha256.eq_any(hashes));
    Ok(rows.select(attachments::sha256).distinct().load(conn)?)
}

/// The hashes of all files that a row names, each once, removed rows included.
pub(crate) fn hashes(conn: &mut AnyConn) -> Result<Vec<Vec<u8>>, StoreError> {
    Ok(attachments::table.select(attachments::sha256).distinct().order(attachments::sha256).load(conn)?)
}

pub(crate) fn find(conn: &mut AnyConn, channel: ChannelId, id: AttachmentId) -> Result<Attachment, StoreError> {
    let row = attachments::table.filter(attachments::id.eq(id)).filter(attachments::channel_id.eq(channel));
    Ok(row.filter(attachments::removed_at.is_null()).get_result(conn)?)
}

/// All that were not removed, in the order in which they came.
pub(crate) fn of_manuscript(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<Attachment>, StoreError> {
    let rows = attachments::table.filter(attachments::manuscript_id.eq(manuscript)).filter(attachments::removed_at.is_null());
    Ok(rows.order(attachments::id).load(conn)?)
}

/// Shows an author's files to others from now on: the manuscript is handed in with them.
pub(crate) fn hand_in(conn: &mut AnyConn, manuscript: ManuscriptId, at: Moment) -> Result<(), StoreError> {
    let rows = attachments::table.filter(attachments::manuscript_id.eq(manuscript)).filter(attachments::handed_in_at.is_null());
    let rows = rows.filter(attachments::subject_kind.eq(SubjectKind::Manuscript)).filter(attachments::removed_at.is_null());
    diesel::update(rows).set(attachments::handed_in_at.eq(at)).execute(conn)?;
    Ok(())
}

/// Assigns a scan that was uploaded before to its endorsement.
pub(crate) fn belongs_to(conn: &mut AnyConn, id: AttachmentId, subject: AnyId) -> Result<(), StoreError> {
    diesel::update(attachments::table.filter(attachments::id.eq(id))).set(attachments::subject_id.eq(subject)).execute(conn)?;
    proof::wrote(&tables::ATTACHMENTS, &[&id])
}

pub(crate) fn remove(conn: &mut AnyConn, id: AttachmentId, at: Moment) -> Result<(), StoreError> {
    diesel::update(attachments::table.filter(attachments::id.eq(id))).set(attachments::removed_at.eq(at)).execute(conn)?;
    proof::wrote(&tables::ATTACHMENTS, &[&id])
}

/// Forgets the files of a draft that is thrown away.
pub(crate) fn delete_of(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<(), StoreError> {
    diesel::delete(attachments::table.filter(attachments::manuscript_id.eq(manuscript))).execute(conn)?;
    Ok(())
}

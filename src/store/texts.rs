//! The versions of a text, and their authors.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::domain::clock::Moment;
use crate::domain::ids::{AttachmentId, ManuscriptId, RequestId, TextId, UserId};
use crate::domain::manuscript::{Text, Title};
use crate::domain::outgoing::TextVersion;
use crate::domain::vocabulary::TextKind;
use crate::store::connection::AnyConn;
use crate::store::error::StoreError;
use crate::store::proof::{self, InHand, Values, tables};
use crate::store::rows::{AuthorRow, TextRow};
use crate::store::schema::{attachments, authors, change_requests, manuscripts, texts};
use crate::store::write_buffer;
use crate::{cached, in_hand, insert_rows};

impl TextRow {
    /// A text that is not sealed yet.
    pub(crate) fn open(id: TextId, manuscript_id: ManuscriptId, round: i64, kind: TextKind, text: &Text, by: UserId, at: Moment) -> Self {
        let mut row = Self {
            id,
            manuscript_id,
            round,
            kind,
            title: String::new(),
            situation: String::new(),
            causes: String::new(),
            suggestions: String::new(),
            characters: 0,
            digest: None,
            created_by: by,
            created_at: at,
            sealed_at: None,
            on_behalf_of: None,
            based_on: None,
        };
        row.set(text);
        row
    }

    /// Replaces the text.
    pub(crate) fn set(&mut self, text: &Text) {
        text.title.as_str().clone_into(&mut self.title);
        self.situation.clone_from(&text.situation);
        self.causes.clone_from(&text.causes);
        self.suggestions = serde_json::json!(text.suggestions).to_string();
        self.characters = i64::try_from(text.length()).unwrap_or(i64::MAX);
    }

    /// The words.
    pub(crate) fn text(&self) -> Result<Text, StoreError> {
        let suggestions = serde_json::from_str(&self.suggestions).map_err(|error| StoreError::unreadable("texts.suggestions", &error))?;
        let title = Title::parse(&self.title, usize::MAX).map_err(|error| StoreError::unreadable("texts.title", &error))?;
        Ok(Text { title, situation: self.situation.clone(), causes: self.causes.clone(), suggestions })
    }

    /// Seals it: from now on it never changes, and the ledger names its digest.
    pub(crate) fn seal(&mut self, text: &Text, at: Moment) {
        self.digest = Some(Sha256::digest(text.canonical_bytes()).to_vec());
        self.sealed_at = Some(at);
    }
}

impl From<&TextRow> for TextVersion {
    fn from(row: &TextRow) -> Self {
        Self { id: row.id, kind: row.kind, round: row.round, based_on: row.based_on, digest: row.digest.clone() }
    }
}

impl InHand for TextRow {
    const TABLE: &'static proof::table::ProvedTable = &tables::TEXTS;

    fn values(&self) -> Values {
        in_hand!(
            self,
            id,
            manuscript_id,
            round,
            kind,
            title,
            situation,
            causes,
            suggestions,
            characters,
            digest,
            created_by,
            created_at,
            sealed_at,
            on_behalf_of,
            based_on
        )
    }
}

impl InHand for AuthorRow {
    const TABLE: &'static proof::table::ProvedTable = &tables::AUTHORS;

    fn values(&self) -> Values {
        in_hand!(self, manuscript_id, user_id, position, name, post, organization_name, invited_at, signed_at, withdrawn_at)
    }
}

/// A text that is not sealed belongs to its author alone, until [`left_author`].
fn announce(row: &TextRow) -> Result<(), StoreError> {
    if row.sealed_at.is_some() { proof::wrote_row(row) } else { Ok(()) }
}

pub(crate) fn insert(conn: &mut AnyConn, row: &TextRow) -> Result<(), StoreError> {
    if write_buffer::put(|buffer| buffer.texts.push(row.clone())).is_none() {
        insert_many(conn, std::slice::from_ref(row))?;
    }
    announce(row)
}

/// Writes rows that the journal of the proof already contains.
pub(crate) fn insert_many(conn: &mut AnyConn, rows: &[TextRow]) -> Result<(), StoreError> {
    insert_rows!(conn, texts::table, rows, |row| row);
    Ok(())
}

pub(crate) fn find(conn: &mut AnyConn, id: TextId) -> Result<TextRow, StoreError> {
    Ok(texts::table.filter(texts::id.eq(id)).get_result(conn)?)
}

/// Saves a text that is not sealed yet.
pub(crate) fn save(conn: &mut AnyConn, row: &TextRow) -> Result<(), StoreError> {
    let open = texts::table.filter(texts::id.eq(row.id)).filter(texts::sealed_at.is_null());
    match cached!(diesel::update(open).set(row)).execute(conn)? {
        1 => announce(row),
        _ => Err(StoreError::NotFound),
    }
}

pub(crate) fn list(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<TextRow>, StoreError> {
    Ok(cached!(texts::table.filter(texts::manuscript_id.eq(manuscript)).order(texts::id)).load(conn)?)
}

/// Id, kind, round, the original it was made from, and digest of a text.
type VersionRow = (TextId, TextKind, i64, Option<TextId>, Option<Vec<u8>>);

/// The data that decides which of a manuscript's texts goes out, without the texts.
pub(crate) fn versions(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<TextVersion>, StoreError> {
    let columns = (texts::id, texts::kind, texts::round, texts::based_on, texts::digest);
    let rows = texts::table.filter(texts::manuscript_id.eq(manuscript)).order(texts::id).select(columns);
    let rows: Vec<VersionRow> = cached!(rows).load(conn)?;
    let version = |(id, kind, round, based_on, digest)| TextVersion { id, kind, round, based_on, digest };
    Ok(rows.into_iter().map(version).collect())
}

/// The same for several manuscripts, each version with its manuscript.
pub(crate) fn versions_of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<(ManuscriptId, TextVersion)>, StoreError> {
    let columns = (texts::id, texts::kind, texts::round, texts::based_on, texts::digest);
    let rows = texts::table.filter(texts::manuscript_id.eq_any(manuscripts)).order(texts::id).select((texts::manuscript_id, columns));
    let rows: Vec<(ManuscriptId, VersionRow)> = rows.load(conn)?;
    let version = |(id, kind, round, based_on, digest)| TextVersion { id, kind, round, based_on, digest };
    Ok(rows.into_iter().map(|(manuscript, row)| (manuscript, version(row))).collect())
}

/// The texts that these manuscripts use now: their originals and their edited texts.
pub(crate) fn in_use(conn: &mut AnyConn, of: &[ManuscriptId]) -> Result<Vec<TextRow>, StoreError> {
    let rows = texts::table.inner_join(manuscripts::table.on(manuscripts::id.eq(texts::manuscript_id)));
    let id = || texts::id.nullable();
    let used = manuscripts::text_id.nullable().eq(id()).or(manuscripts::edited_text_id.eq(id()));
    Ok(rows.filter(texts::manuscript_id.eq_any(of)).filter(used).select(texts::all_columns).load(conn)?)
}

/// The people who wrote a round of a manuscript's edited text, and those for whom they stood in.
pub(crate) fn editors(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<UserId>, StoreError> {
    let rows = texts::table.filter(texts::manuscript_id.eq(manuscript)).filter(texts::kind.eq(TextKind::Edited));
    let rows: Vec<(UserId, Option<UserId>)> = rows.order(texts::id).select((texts::created_by, texts::on_behalf_of)).load(conn)?;
    Ok(rows.into_iter().flat_map(|(by, absent)| [Some(by), absent]).flatten().collect())
}

/// The round of the next text of this kind. All rows of the table count, also those no longer in use: an abandoned text keeps its round.
pub(crate) fn next_round(conn: &mut AnyConn, manuscript: ManuscriptId, kind: TextKind) -> Result<i64, StoreError> {
    let rows = texts::table.filter(texts::manuscript_id.eq(manuscript)).filter(texts::kind.eq(kind));
    let last: Option<i64> = rows.order(texts::round.desc()).select(texts::round).first(conn).optional()?;
    Ok(last.unwrap_or(0) + 1)
}

/// Deletes the texts of a draft.
pub(crate) fn delete_of(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<(), StoreError> {
    diesel::delete(attachments::table.filter(attachments::manuscript_id.eq(manuscript))).execute(conn)?;
    diesel::delete(authors::table.filter(authors::manuscript_id.eq(manuscript))).execute(conn)?;
    diesel::delete(texts::table.filter(texts::manuscript_id.eq(manuscript))).execute(conn)?;
    Ok(())
}

pub(crate) fn insert_author(conn: &mut AnyConn, row: &AuthorRow) -> Result<(), StoreError> {
    if write_buffer::put(|buffer| buffer.authors.push(row.clone())).is_some() {
        return proof::wrote_row(row);
    }
    insert_authors(conn, std::slice::from_ref(row))?;
    proof::wrote(&tables::AUTHORS, &[&row.manuscript_id, &row.user_id])
}

/// Writes rows that the journal of the proof already contains.
pub(crate) fn insert_authors(conn: &mut AnyConn, rows: &[AuthorRow]) -> Result<(), StoreError> {
    insert_rows!(conn, authors::table, rows, |row| row);
    Ok(())
}

/// Authors in their order, without those whose invitation was taken back.
pub(crate) fn authors(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<AuthorRow>, StoreError> {
    let rows = authors::table.filter(authors::manuscript_id.eq(manuscript)).filter(authors::withdrawn_at.is_null());
    Ok(cached!(rows.order((authors::position, authors::user_id))).load(conn)?)
}

/// All present and former authors: the present ones first, each group in its order.
pub(crate) fn authors_ever(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<Vec<AuthorRow>, StoreError> {
    let rows = authors::table.filter(authors::manuscript_id.eq(manuscript)).order((authors::position, authors::user_id));
    let mut rows: Vec<AuthorRow> = rows.load(conn)?;
    rows.sort_by_key(|author| author.withdrawn_at.is_some());
    Ok(rows)
}

/// Moves an author to another place in the order.
pub(crate) fn set_position(conn: &mut AnyConn, manuscript: ManuscriptId, user: UserId, position: i64) -> Result<(), StoreError> {
    let row = authors::table.filter(authors::manuscript_id.eq(manuscript)).filter(authors::user_id.eq(user));
    diesel::update(row).set(authors::position.eq(position)).execute(conn)?;
    proof::wrote(&tables::AUTHORS, &[&manuscript, &user])
}

/// The authors of several manuscripts, each one's in their order, without those whose invitation was taken back.
pub(crate) fn authors_of_many(conn: &mut AnyConn, manuscripts: &[ManuscriptId]) -> Result<Vec<AuthorRow>, StoreError> {
    let rows = authors::table.filter(authors::manuscript_id.eq_any(manuscripts)).filter(authors::withdrawn_at.is_null());
    Ok(rows.order((authors::manuscript_id, authors::position, authors::user_id)).load(conn)?)
}

/// The people who wrote or signed a manuscript that is merged into this one.
pub(crate) fn authors_of_merged(conn: &mut AnyConn, target: ManuscriptId) -> Result<Vec<UserId>, StoreError> {
    let merged = manuscripts::table.filter(manuscripts::merged_into.eq(target)).select(manuscripts::id);
    let rows = authors::table.filter(authors::manuscript_id.eq_any(merged)).filter(authors::withdrawn_at.is_null());
    Ok(rows.select(authors::user_id).distinct().load(conn)?)
}

/// The manuscripts into which one that these persons wrote or signed is merged: they count as its authors, once they have been notified.
pub(crate) fn targets_of(conn: &mut AnyConn, users: &[UserId], now: Moment) -> Result<Vec<ManuscriptId>, StoreError> {
    let rows = authors::table.inner_join(manuscripts::table.on(manuscripts::id.eq(authors::manuscript_id)));
    let rows = rows.filter(authors::user_id.eq_any(users)).filter(authors::withdrawn_at.is_null());
    let rows = rows.filter(manuscripts::pending_until.is_null().or(manuscripts::pending_until.assume_not_null().le(now)));
    Ok(rows.filter(manuscripts::merged_into.is_not_null()).select(manuscripts::merged_into.assume_not_null()).distinct().load(conn)?)
}

/// Signs for one author, or takes their signature back.
pub(crate) fn set_signature(conn: &mut AnyConn, manuscript: ManuscriptId, user: UserId, at: Option<Moment>) -> Result<(), StoreError> {
    let row = authors::table.filter(authors::manuscript_id.eq(manuscript)).filter(authors::user_id.eq(user));
    diesel::update(row).set(authors::signed_at.eq(at)).execute(conn)?;
    proof::wrote(&tables::AUTHORS, &[&manuscript, &user])
}

/// Takes an invitation back, or renews it.
pub(crate) fn set_withdrawn(conn: &mut AnyConn, manuscript: ManuscriptId, user: UserId, at: Option<Moment>) -> Result<usize, StoreError> {
    let row = authors::table.filter(authors::manuscript_id.eq(manuscript)).filter(authors::user_id.eq(user));
    let set = (authors::withdrawn_at.eq(at), authors::signed_at.eq(None::<Moment>));
    let changed = diesel::update(row).set(set).execute(conn)?;
    proof::wrote(&tables::AUTHORS, &[&manuscript, &user])?;
    Ok(changed)
}

/// Announces all that an author may have changed without an entry while it was with them.
pub(crate) fn left_author(conn: &mut AnyConn, manuscript: ManuscriptId) -> Result<(), StoreError> {
    let open: Vec<TextId> =
        texts::table.filter(texts::manuscript_id.eq(manuscript)).filter(texts::sealed_at.is_null()).select(texts::id).load(conn)?;
    open.iter().try_for_each(|id| proof::wrote(&tables::TEXTS, &[id]))?;
    let people: Vec<UserId> = authors::table.filter(authors::manuscript_id.eq(manuscript)).select(authors::user_id).load(conn)?;
    people.iter().try_for_each(|user| proof::wrote(&tables::AUTHORS, &[&manuscript, user]))?;
    let files: Vec<AttachmentId> =
        attachments::table.filter(attachments::manuscript_id.eq(manuscript)).select(attachments::id).load(conn)?;
    files.iter().try_for_each(|id| proof::wrote(&tables::ATTACHMENTS, &[id]))?;
    let asked = change_requests::table.filter(change_requests::manuscript_id.eq(manuscript));
    let asked: Vec<RequestId> = asked.select(change_requests::id).load(conn)?;
    asked.iter().try_for_each(|id| proof::wrote(&tables::CHANGE_REQUESTS, &[id]))
}

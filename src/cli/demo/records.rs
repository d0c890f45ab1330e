//! The state of manuscripts, assignments and bulletins that the demo story needs.

use anyhow::Context;

use crate::app::{AppError, Tx, transition};
use crate::cli::demo::cast::Member;
use crate::cli::demo::library::LibraryManuscript;
use crate::domain::assignment::AssignmentPart;
use crate::domain::ids::{AssignmentId, BulletinId, EndorsementId, ManuscriptId};
use crate::domain::outcome::EndorsementKind;
use crate::domain::permission::Actor;

/// A manuscript and its state in the story.
pub(super) struct DemoManuscript {
    /// Its position among all manuscripts.
    pub(super) index: usize,
    /// Its text, and the texts of everybody who handles it.
    pub(super) written: LibraryManuscript,
    /// The first author.
    pub(super) author: Member,
    /// The joint authors.
    pub(super) joint: Vec<Member>,
    /// Its id, once it is created.
    pub(super) id: Option<ManuscriptId>,
    /// The assignments to departments.
    pub(super) charges: Vec<DemoAssignment>,
    /// An endorsement that a secretary entered and the leader has not confirmed yet.
    pub(super) entered: Option<(EndorsementId, EndorsementKind, Member)>,
    /// The leader's instruction that departments carry out.
    pub(super) instruction: Option<EndorsementId>,
    /// The leaders to whom it was forwarded.
    pub(super) readers: Vec<Member>,
    /// Whether it is urgent.
    pub(super) urgent: bool,
    /// Whether a department has asked for more time.
    pub(super) asked: bool,
}

impl DemoManuscript {
    /// A manuscript that is not created yet.
    pub(super) fn new(index: usize, written: LibraryManuscript, author: Member, joint: Vec<Member>) -> Self {
        Self {
            index,
            written,
            author,
            joint,
            id: None,
            charges: Vec::new(),
            entered: None,
            instruction: None,
            readers: Vec::new(),
            urgent: false,
            asked: false,
        }
    }

    /// The id of a manuscript that is created.
    pub(super) fn id(&self) -> anyhow::Result<ManuscriptId> {
        self.id.context("not begun yet")
    }
}

/// The version that this person reads.
pub(super) fn seen(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<i64, AppError> {
    let loaded = transition::load(tx, actor, id)?;
    let sight = loaded.sight(actor);
    Ok(loaded.shown(sight, tx.now).version_for(sight))
}

/// An assignment to a department.
#[derive(Debug, Clone)]
pub(super) struct DemoAssignment {
    pub(super) id: AssignmentId,
    pub(super) part: AssignmentPart,
    pub(super) officer: Member,
    /// The numbers of the suggestions that it answers.
    pub(super) numbers: Vec<u32>,
}

/// A bulletin that waits for its signature.
pub(super) struct PlannedBulletin {
    pub(super) id: BulletinId,
    pub(super) turn: usize,
    pub(super) cases: Vec<usize>,
    pub(super) readers: Vec<Member>,
}

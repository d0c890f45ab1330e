//! Performs the acts of the model by calls of the program.

use crate::app::bulletins::{self, BulletinForm, ChosenRecipient};
use crate::app::endorsements::{self, NewEndorsement};
use crate::app::forwarding::{self, Forwarding};
use crate::app::handling::deciding::MergedDecision;
use crate::app::handling::forms::{Department, NewAssignments};
use crate::app::handling::{self, assigning, concluding, reopening};
use crate::app::intake::{authors, drafts, submission};
use crate::app::outcomes::{adoptions, archival, ratings};
use crate::app::review::{self, ReviewVerdict};
use crate::app::{AppError, Tx, attachments, edited_text, merging, signing, undo};
use crate::documents::vault::StoredFile;
use crate::domain::assignment::AssignmentForm;
use crate::domain::bulletin::RecipientKind;
use crate::domain::ids::{ManuscriptId, OrganizationId, UserId};
use crate::domain::manuscript::Text;
use crate::domain::numbers::Day;
use crate::domain::outcome::{AdoptionForm, AdoptionLevel, EndorsementKind, Satisfaction};
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::states::BulletinState;
use crate::domain::vocabulary::{Action, DeclineReason, Stage};
use crate::store::manuscripts;

/// An act of the model with the further input that the program needs.
pub(super) struct ModelAct {
    pub(super) id: ManuscriptId,
    pub(super) other: ManuscriptId,
    pub(super) words: String,
    pub(super) department: OrganizationId,
    pub(super) leader: UserId,
}

impl ModelAct {
    fn text(&self, tx: &Tx<'_>) -> Result<Text, AppError> {
        Ok(Text::parse("定稿的标题", &self.words, "", &["定稿的建议。".to_owned()], &tx.text_limits())?)
    }

    pub(super) fn carry_out(self, tx: &mut Tx<'_>, actor: &Actor, action: Action, seen: i64) -> Result<(), AppError> {
        let (id, words) = (self.id, self.words.as_str());
        let reason = || words.to_owned();
        match action {
            Action::Save => {
                let change = drafts::DraftChange { situation: Some(reason()), ..drafts::DraftChange::default() };
                drafts::save(tx, actor, id, seen, &change)
            }
            Action::Discard => drafts::discard(tx, actor, id, seen),
            Action::CoSign => authors::co_sign(tx, actor, id, None),
            Action::Attach => {
                let kept = StoredFile { sha256: [7; 32], bytes: 3, media_type: "text/plain" };
                attachments::attach(tx, actor, id, attachments::Subject::Manuscript, "图.txt", &kept).map(drop)
            }
            Action::Submit => submission::submit(tx, actor, id, seen).map(drop),
            Action::Withdraw => submission::withdraw(tx, actor, id, seen).map(drop),
            Action::PassScreening => review::decide(tx, actor, id, seen, &ReviewVerdict::Pass).map(drop),
            Action::Return => {
                review::decide(tx, actor, id, seen, &ReviewVerdict::Return { reason: reason(), requests: Vec::new() }).map(drop)
            }
            Action::Recommend => review::decide(tx, actor, id, seen, &ReviewVerdict::Recommend { opinion: reason() }).map(drop),
            Action::Decline => {
                review::decide(tx, actor, id, seen, &ReviewVerdict::Decline { code: DeclineReason::Duplicate, reason: reason() }).map(drop)
            }
            Action::Edit => self.text(tx).and_then(|text| review::edit(tx, actor, id, seen, &text)).map(drop),
            Action::CarryOver => self.text(tx).and_then(|text| edited_text::carry_over(tx, actor, id, seen, &text)).map(drop),
            Action::DropEdited => edited_text::drop_edited(tx, actor, id, seen).map(drop),
            Action::Merge => merging::merge(tx, actor, id, seen, self.other).map(drop),
            Action::Unmerge => merging::unmerge(tx, actor, id, seen).map(drop),
            Action::DecideMerged => {
                let new = MergedDecision { reason: reason(), ..MergedDecision::default() };
                handling::decide_merged(tx, actor, id, seen, &new).map(drop)
            }
            Action::Sign => signing::sign(tx, actor, id, seen, "").map(drop),
            Action::SendBack => signing::send_back(tx, actor, id, seen, words).map(drop),
            Action::Issue => self.issue(tx, actor),
            Action::Recall => self.recall(tx, actor),
            Action::Forward => forwarding::forward(tx, actor, id, seen, &Forwarding { recipients: vec![self.leader] }).map(drop),
            Action::Refer => review::refer(tx, actor, id, seen, "县信访局", words).map(drop),
            Action::Reconsider => review::reconsider(tx, actor, id, seen, words).map(drop),
            Action::Assign => self.assign(tx, actor, seen),
            Action::Conclude => concluding::conclude_again(tx, actor, id, seen, words, words).map(drop),
            Action::Reopen => reopening::reopen(tx, actor, id, seen, words).map(drop),
            Action::Archive => archival::archive(tx, actor, id, seen, words).map(drop),
            Action::Undo => undo::undo(tx, actor, id, seen).map(drop),
            Action::MarkUrgent => review::mark_urgent(tx, actor, id, seen, true).map(drop),
            Action::Endorse => self.endorse(tx, actor),
            Action::RecordAdoption => self.adopt(tx, actor),
            Action::Rate => {
                let new = ratings::NewRating { attitude: Satisfaction::Satisfied, result: Satisfaction::Satisfied, words: reason() };
                ratings::rate(tx, actor, id, &new).map(drop)
            }
            Action::Invite => Ok(()),
        }
    }

    fn issue(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AppError> {
        let form = BulletinForm {
            title: self.words.clone(),
            manuscripts: vec![self.id],
            recipients: vec![ChosenRecipient { user_id: self.leader, kind: RecipientKind::Report }],
            ..BulletinForm::default()
        };
        let bulletin = bulletins::compose(tx, actor, &form)?;
        bulletins::submit(tx, actor, bulletin, 1)?;
        bulletins::issue(tx, actor, bulletin, 2)
    }

    /// Cancels its bulletin; if the manuscript is still before leaders afterwards, nothing was recalled.
    fn recall(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AppError> {
        let rows = crate::store::bulletins::of_manuscript(tx.conn, self.id)?;
        let issued = rows.iter().find(|row| row.state == BulletinState::Issued).ok_or(AppError::NotFound)?;
        bulletins::cancel(tx, actor, issued.id, issued.version, &self.words)?;
        let stage = manuscripts::find(tx.conn, actor.channel, self.id)?.stage;
        if stage == Stage::Accepted { Ok(()) } else { Err(Refusal::WrongStage { stage }.into()) }
    }

    fn assign(&self, tx: &mut Tx<'_>, actor: &Actor, seen: i64) -> Result<(), AppError> {
        let department = Department { organization_id: self.department, part: None, suggestions: Vec::new(), due_on: None };
        let form = NewAssignments {
            form: AssignmentForm::Single,
            departments: vec![department],
            endorsement_id: None,
            note: String::new(),
            due_on: None,
        };
        assigning::assign(tx, actor, self.id, seen, &form).map(drop)
    }

    fn endorse(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AppError> {
        let new = NewEndorsement {
            kind: EndorsementKind::Reference,
            commendatory: false,
            urgent: false,
            words: self.words.clone(),
            date: None,
            due_on: None,
            leader_id: None,
            scan_id: None,
        };
        endorsements::enter(tx, actor, self.id, &new).map(drop)
    }

    fn adopt(&self, tx: &mut Tx<'_>, actor: &Actor) -> Result<(), AppError> {
        let new = adoptions::NewAdoption {
            level: AdoptionLevel::City,
            body: self.words.clone(),
            form: AdoptionForm::Single,
            adopted_on: Day::parse("adopted_on", "2026-01-02")?,
            evidence: String::new(),
        };
        adoptions::record(tx, actor, self.id, &new).map(drop)
    }
}

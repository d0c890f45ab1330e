//! Information for an author before submission: what is missing, who reads the manuscript, and how long that usually takes.

use crate::app::intake::submission;
use crate::app::manuscript_case::{self, LoadedCase};
use crate::app::reading::manuscript_view::usual_working_days;
use crate::app::staffing::{self, ScreeningNeed};
use crate::app::{AppError, Tx, form_drafts, transition};
use crate::domain::channel::ChannelSettings;
use crate::domain::ids::{ManuscriptId, OrganizationId};
use crate::domain::manuscript::TextLimits;
use crate::domain::notice::Audience;
use crate::domain::permission::Actor;
use crate::domain::refusal::Refusal;
use crate::domain::transition::{Decision, handed_in_to};
use crate::domain::violation::Violation;
use crate::domain::vocabulary::{Action, Role, Stage};
use crate::store::{channels, texts};

/// A queue on the way, with its usual working days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskAhead {
    /// The stage of the manuscript in this queue.
    pub stage: Stage,
    /// Its working days.
    pub usual_working_days: Option<u32>,
}

/// The settings of the channel that a writing page needs.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The categories to choose from.
    pub categories: Vec<String>,
    /// The limits for the length of texts.
    pub limits: TextLimits,
    /// The organisation in whose name it may be written; empty for staff before they choose the author.
    pub organization: String,
    /// The queues that it passes through.
    pub ahead: Vec<DeskAhead>,
}

/// The result of a check before submission.
#[derive(Debug, Clone)]
pub struct SubmissionCheck {
    /// The violations of the form.
    pub missing: Vec<Violation>,
    /// Names and date below a pasted text, to be included or dropped first.
    pub signature: String,
    /// Warnings that do not prevent the submission.
    pub warnings: Vec<Violation>,
    /// Another refusal of the submission, for example a missing signature.
    pub refusal: Option<Refusal>,
    /// The recipients of the submission's letters.
    pub told: Vec<Audience>,
    /// The queues that it passes through.
    pub ahead: Vec<DeskAhead>,
}

/// Returns the settings for writing a new manuscript, or this one.
///
/// # Errors
/// [`Refusal::WrongRole`] for anybody who neither writes nor enters manuscripts; [`AppError::NotFound`].
pub fn setup(tx: &mut Tx<'_>, actor: &Actor, id: Option<ManuscriptId>) -> Result<Setup, AppError> {
    let settings = tx.channel_settings(actor.channel)?;
    let (organization, first) = match id {
        Some(id) => {
            let loaded = manuscript_case::view(tx, actor, id)?;
            (Some(loaded.row.organization_id), Some(handed_in_to(&loaded.case)))
        }
        None => {
            actor.need(&[Role::Submitter, Role::Screener, Role::Reviewer])?;
            (actor.grant(Role::Submitter).map(|grant| grant.organization), None)
        }
    };
    let (organization, first) = named(tx, actor, organization, first)?;
    Ok(Setup { ahead: ahead(&settings, first, false), categories: settings.categories.clone(), limits: tx.text_limits(), organization })
}

fn named(tx: &mut Tx<'_>, actor: &Actor, organization: Option<OrganizationId>, first: Option<Stage>) -> Result<(String, Stage), AppError> {
    let Some(id) = organization else { return Ok((String::new(), Stage::Review)) };
    let organization = channels::find_organization(tx.conn, actor.channel, id)?;
    let is_screened = staffing::screening(tx, &organization, &[actor.user])? == ScreeningNeed::Wanted;
    let arrives = if is_screened { Stage::Screening } else { Stage::Review };
    Ok((organization.name, first.unwrap_or(arrives)))
}

/// Returns the queues that decide on it from its arrival on; to authors, the signers' queue is shown as review.
fn ahead(settings: &ChannelSettings, first: Stage, urgent: bool) -> Vec<DeskAhead> {
    let way = [Stage::Screening, Stage::Review];
    let from = way.iter().position(|stage| *stage == first).unwrap_or(way.len());
    let desk = |stage: &Stage| DeskAhead { stage: *stage, usual_working_days: usual_working_days(&settings.limits, *stage, urgent) };
    way[from..].iter().map(desk).collect()
}

/// Checks a manuscript as if it were submitted now.
///
/// # Errors
/// The refusal if this person may not submit it at all, or not in its current stage; [`AppError::NotFound`].
pub fn check(tx: &mut Tx<'_>, actor: &Actor, id: ManuscriptId) -> Result<SubmissionCheck, AppError> {
    let loaded = manuscript_case::view(tx, actor, id)?;
    let settings = tx.channel_settings(actor.channel)?;
    let (told, refusal) = match transition::judge(tx, actor, &loaded, Action::Submit) {
        Ok(decision) => (told(&decision), None),
        Err(AppError::Refused(refusal @ Refusal::SignaturesMissing { .. })) => (Vec::new(), Some(refusal)),
        Err(other) => return Err(other),
    };
    let (mut missing, warnings) = gaps(tx, &loaded)?;
    let unsettled = form_drafts::unsettled(tx, actor, &loaded)?;
    missing.extend(unsettled.violations());
    let ahead = ahead(&settings, handed_in_to(&loaded.case), loaded.row.urgent);
    Ok(SubmissionCheck { missing, signature: unsettled.signature, warnings, refusal, told, ahead })
}

fn told(decision: &Decision) -> Vec<Audience> {
    decision.notices().iter().map(|notice| notice.audience).collect()
}

fn gaps(tx: &mut Tx<'_>, loaded: &LoadedCase) -> Result<(Vec<Violation>, Vec<Violation>), AppError> {
    let text = texts::find(tx.conn, loaded.row.text_id)?.text()?;
    let draft = submission::as_draft(&loaded.row, text)?;
    let warnings = draft.text.warnings(&tx.text_limits());
    Ok((draft.complete().err().unwrap_or_default(), warnings))
}

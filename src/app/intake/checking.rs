//! What an author is told before they hand in: what is missing, who reads it, how long that usually takes.

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

/// A desk on the way, with the working days that it usually has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskAhead {
    /// The stage in which it has the manuscript.
    pub stage: Stage,
    /// Its working days.
    pub usual_working_days: Option<u32>,
}

/// What a page to write on needs to know of the channel.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The categories to choose from.
    pub categories: Vec<String>,
    /// How much may be written.
    pub limits: TextLimits,
    /// The organisation in whose name it may be written; empty for staff before they chose the author.
    pub organization: String,
    /// The desks that it comes to.
    pub ahead: Vec<DeskAhead>,
}

/// What an author reads before they hand in.
#[derive(Debug, Clone)]
pub struct SubmissionCheck {
    /// What stands against it in the form.
    pub missing: Vec<Violation>,
    /// Names and date under a pasted text, to be kept or dropped first.
    pub signature: String,
    /// What they are told although nothing stands against it.
    pub warnings: Vec<Violation>,
    /// What else stands against it, for example a signature that is missing.
    pub refusal: Option<Refusal>,
    /// Who is told when it is handed in.
    pub told: Vec<Audience>,
    /// The desks that it comes to.
    pub ahead: Vec<DeskAhead>,
}

/// For a page to write on: a new manuscript, or this one.
///
/// # Errors
/// [`Refusal::WrongRole`] for who neither writes nor enters; [`AppError::NotFound`].
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

/// The desks that decide on it from its arrival on; authors read the signer's as review.
fn ahead(settings: &ChannelSettings, first: Stage, urgent: bool) -> Vec<DeskAhead> {
    let way = [Stage::Screening, Stage::Review];
    let from = way.iter().position(|stage| *stage == first).unwrap_or(way.len());
    let desk = |stage: &Stage| DeskAhead { stage: *stage, usual_working_days: usual_working_days(&settings.limits, *stage, urgent) };
    way[from..].iter().map(desk).collect()
}

/// Looks at a manuscript as if it were handed in now.
///
/// # Errors
/// The refusal of who may not hand it in at all, or not from where it stands; [`AppError::NotFound`].
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

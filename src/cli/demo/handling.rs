//! The departments' part of the demo county: assignment, receipt, an answer to each suggestion, reports.

use anyhow::Context;
use chrono::{Months, NaiveDate};

use crate::app::handling::forms::{
    Department, ExtensionDecision, ExtensionRequest, NewAssignments, NewContribution, NewItem, NewReply, NewReport, NewUrging, ReplyReview,
    ReplyVerdict, ReturnDecision, ReturnRequest, Verdict,
};
use crate::app::handling::views::AssignmentView;
use crate::app::handling::{self, extending, reading, receiving, replying, reporting};
use crate::app::{AppError, Tx};
use crate::cli::demo::records::{DemoAssignment, seen};
use crate::domain::assignment::{AssignmentForm, AssignmentPart, Consultation};
use crate::domain::clock::Moment;
use crate::domain::ids::AssignmentId;
use crate::domain::numbers::Day;
use crate::domain::permission::Actor;
use crate::domain::states::AssignmentState;
use crate::domain::vocabulary::{Answer, Role};

use super::cast::Member;
use super::library::{Suggestion, pick};
use super::plan::{PlanStep, mix};
use super::story::Story;
use super::timeline::DemoTimeline;

/// An act on an assignment by a person who has just read it.
type DemoAssignmentAct<'f> = Box<dyn FnOnce(&mut Tx<'_>, &Actor, AssignmentId, &AssignmentView) -> Result<(), AppError> + Send + 'f>;

impl Story<'_> {
    /// Performs a step with the departments.
    ///
    /// # Errors
    /// When the use case refuses it.
    pub(super) fn perform_handling(&mut self, at: Moment, index: usize, step: PlanStep) -> anyhow::Result<()> {
        match step {
            PlanStep::Assign => self.assign(index),
            PlanStep::Receive => self.of_all(index, AssignmentState::Dispatched, |_, _| {
                Box::new(|tx, actor, id, view| receiving::receive(tx, actor, id, view.version).map(drop))
            }),
            PlanStep::AskReturn => self.ask_return(index),
            PlanStep::RefuseReturn => self.refuse_return(index),
            PlanStep::AskExtension => self.ask_extension(at, index),
            PlanStep::GrantExtension => self.grant_extension(index),
            PlanStep::Contribute => self.contribute(index),
            PlanStep::Urge => self.urge(index),
            PlanStep::Reply => self.reply(at, index),
            PlanStep::RejectReply => self.review_reply(index, ReplyVerdict::Reject),
            PlanStep::ApproveReply => self.review_reply(index, ReplyVerdict::Approve),
            PlanStep::Report(turn) => self.report(index, turn),
            _ => Ok(()),
        }
    }

    fn assign(&mut self, index: usize) -> anyhow::Result<()> {
        let case = &self.cases[index];
        let (id, endorsement_id) = (case.id()?, case.instruction);
        let count = u32::try_from(case.written.suggestions.len())?;
        let names = &case.written.departments;
        let form = match names.len() {
            1 => AssignmentForm::Single,
            _ if mix(index, 100).is_multiple_of(7) => AssignmentForm::Split,
            _ => AssignmentForm::Joint,
        };
        let mut charges = Vec::new();
        let mut departments = Vec::new();
        for (place, name) in names.iter().enumerate() {
            let officer = self.cast.officer_of(name)?.clone();
            let lead = form != AssignmentForm::Joint || place == 0;
            let part = if lead { AssignmentPart::Lead } else { AssignmentPart::Assisting };
            let mine = |number: &u32| form != AssignmentForm::Split || usize::try_from(*number).is_ok_and(|n| n % names.len() == place);
            let numbers: Vec<u32> = (1..=count).filter(mine).collect();
            let split = if form == AssignmentForm::Split { numbers.clone() } else { Vec::new() };
            departments.push(Department { organization_id: officer.organization, part: Some(part), suggestions: split, due_on: None });
            charges.push((part, officer, numbers));
        }
        let new = NewAssignments { form, departments, endorsement_id, note: String::new(), due_on: None };
        let ids = self.act(self.one_of(Role::Dispatcher, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            handling::assign(tx, actor, id, version, &new).map(|(_, ids)| ids)
        })?;
        let made = ids.into_iter().zip(charges).map(|(id, (part, officer, numbers))| DemoAssignment { id, part, officer, numbers });
        self.cases[index].charges = made.collect();
        Ok(())
    }

    /// Performs an act on an assignment as this person, if it is in one of these states.
    fn on(&self, who: &Member, charge: &DemoAssignment, states: &[AssignmentState], act: DemoAssignmentAct<'static>) -> anyhow::Result<()> {
        let (id, states) = (charge.id, states.to_vec());
        self.act(who, move |tx, actor| {
            let view = reading::read(tx, actor, id)?;
            if states.contains(&view.state) { act(tx, actor, id, &view) } else { Ok(()) }
        })
    }

    /// Performs an act for every department whose assignment is in this state.
    fn of_all(
        &self,
        index: usize,
        state: AssignmentState,
        act: impl Fn(&DemoAssignment, usize) -> DemoAssignmentAct<'static>,
    ) -> anyhow::Result<()> {
        for (place, charge) in self.cases[index].charges.iter().enumerate() {
            self.on(&charge.officer, charge, &[state], act(charge, place))?;
        }
        Ok(())
    }

    fn lead(&self, index: usize) -> anyhow::Result<&DemoAssignment> {
        self.cases[index].charges.first().context("no department is charged")
    }

    fn ask_return(&self, index: usize) -> anyhow::Result<()> {
        let lead = self.lead(index)?;
        let proposed = self.cases[index].written.departments.last().filter(|name| **name != lead.officer.organization_name);
        let proposed_organization = proposed.map_or_else(|| "县人民政府办公室".to_owned(), Clone::clone);
        let form = ReturnRequest { reason: self.library.more.return_request.clone(), proposed_organization };
        let act: DemoAssignmentAct<'static> =
            Box::new(move |tx, actor, id, view| receiving::request_return(tx, actor, id, view.version, &form).map(drop));
        self.on(&lead.officer, lead, &[AssignmentState::Received], act)
    }

    fn refuse_return(&self, index: usize) -> anyhow::Result<()> {
        let form = ReturnDecision { decision: Verdict::Refuse, reason: self.library.more.return_refused.clone() };
        let act: DemoAssignmentAct<'static> =
            Box::new(move |tx, actor, id, view| receiving::decide_return(tx, actor, id, view.version, &form).map(drop));
        self.on(self.one_of(Role::Dispatcher, index)?, self.lead(index)?, &[AssignmentState::ReturnRequested], act)
    }

    /// A department asks for more time only if it carries out an instruction, whose due date is close; after the due date it cannot ask.
    fn ask_extension(&mut self, at: Moment, index: usize) -> anyhow::Result<()> {
        let lead = self.lead(index)?.clone();
        let (id, officer) = (lead.id, lead.officer.clone());
        let due = self.act(&officer, move |tx, actor| Ok(reading::read(tx, actor, id)?.due_at))?;
        if self.cases[index].instruction.is_none() || self.cases[index].urgent || due <= at {
            return Ok(());
        }
        let due_on = Day(DemoTimeline::date(self.timeline.due(due, 8)?));
        let words = self.library.more.extension.clone();
        let form = ExtensionRequest { reason: words.clone(), progress: words, due_on };
        let act: DemoAssignmentAct<'static> =
            Box::new(move |tx, actor, id, view| extending::request(tx, actor, id, view.version, &form).map(drop));
        self.on(&officer, &lead, &[AssignmentState::Received], act)?;
        self.cases[index].asked = true;
        Ok(())
    }

    fn grant_extension(&self, index: usize) -> anyhow::Result<()> {
        if !self.cases[index].asked {
            return Ok(());
        }
        let form = ExtensionDecision { decision: Verdict::Grant, due_on: None, reason: String::new() };
        let act: DemoAssignmentAct<'static> =
            Box::new(move |tx, actor, id, view| extending::decide(tx, actor, id, view.version, &form).map(drop));
        self.on(self.one_of(Role::Dispatcher, index)?, self.lead(index)?, &[AssignmentState::Received], act)
    }

    fn contribute(&self, index: usize) -> anyhow::Result<()> {
        for charge in self.cases[index].charges.iter().filter(|charge| charge.part == AssignmentPart::Assisting) {
            let form = NewContribution {
                words: self.library.more.contribution.clone(),
                officer: charge.officer.name.clone(),
                officer_phone: String::new(),
            };
            let act: DemoAssignmentAct<'static> =
                Box::new(move |tx, actor, id, view| replying::contribute(tx, actor, id, view.version, &form).map(drop));
            self.on(&charge.officer, charge, &[AssignmentState::Received], act)?;
        }
        Ok(())
    }

    fn urge(&self, index: usize) -> anyhow::Result<()> {
        let form = NewUrging { words: self.library.more.urging.clone() };
        let act: DemoAssignmentAct<'static> = Box::new(move |tx, actor, id, _| receiving::urge(tx, actor, id, &form).map(drop));
        self.on(self.one_of(Role::Dispatcher, index)?, self.lead(index)?, &[AssignmentState::Dispatched, AssignmentState::Received], act)
    }

    fn reply(&self, at: Moment, index: usize) -> anyhow::Result<()> {
        let written = &self.cases[index].written;
        let today = DemoTimeline::date(at);
        for charge in self.cases[index].charges.iter().filter(|charge| charge.part == AssignmentPart::Lead) {
            let answered: Vec<(u32, &Suggestion)> = (1..).zip(&written.suggestions).filter(|(n, _)| charge.numbers.contains(n)).collect();
            let form = NewReply {
                words: format!("{}的稿件收悉。经与作者沟通并会同有关单位研究，逐条答复如下，请审核。", self.cases[index].author.name),
                result_code: result(&answered).to_owned(),
                consultation: Some(consultation(index)),
                officer: charge.officer.name.clone(),
                officer_phone: String::new(),
                items: answered.iter().map(|(number, one)| item(*number, one, today)).collect(),
            };
            let act: DemoAssignmentAct<'static> =
                Box::new(move |tx, actor, id, view| replying::reply(tx, actor, id, view.version, &form).map(drop));
            self.on(&charge.officer, charge, &[AssignmentState::Received], act)?;
        }
        Ok(())
    }

    /// A rejection is for the reply of the leading department; an approval for every reply.
    fn review_reply(&self, index: usize, decision: ReplyVerdict) -> anyhow::Result<()> {
        let reject = decision == ReplyVerdict::Reject;
        let reason = if reject { self.library.more.reply_rejected.clone() } else { String::new() };
        let dispatcher = self.one_of(Role::Dispatcher, index)?;
        let most = if reject { 1 } else { usize::MAX };
        for charge in self.cases[index].charges.iter().take(most) {
            let form = ReplyReview { decision, reason: reason.clone(), due_on: None };
            let act: DemoAssignmentAct<'static> =
                Box::new(move |tx, actor, id, view| replying::review(tx, actor, id, view.version, &form).map(drop));
            self.on(dispatcher, charge, &[AssignmentState::Replied], act)?;
        }
        Ok(())
    }

    fn report(&self, index: usize, turn: usize) -> anyhow::Result<()> {
        let reports = &self.library.more.implementation;
        let implemented = turn + 1 == reports.len();
        for charge in self.cases[index].charges.iter().filter(|charge| charge.part == AssignmentPart::Lead) {
            let form = NewReport { number: None, words: pick(reports, turn).to_owned(), implemented };
            let act: DemoAssignmentAct<'static> = Box::new(move |tx, actor, id, _| reporting::report(tx, actor, id, &form).map(drop));
            self.on(&charge.officer, charge, &[AssignmentState::Approved], act)?;
        }
        Ok(())
    }
}

/// The answer to one suggestion; a promise is due this number of months after today.
fn item(number: u32, one: &Suggestion, today: NaiveDate) -> NewItem {
    let promised_on = one.months.and_then(|months| today.checked_add_months(Months::new(months))).map(Day);
    NewItem { number, answer: Some(one.result), words: one.reply.clone(), promised_on }
}

/// The code of the result: all done, in part, or mostly not.
fn result(answered: &[(u32, &Suggestion)]) -> &'static str {
    let all = |wanted: Answer| answered.iter().all(|(_, one)| one.result == wanted);
    if all(Answer::Adopted) {
        "A"
    } else if all(Answer::NotAdopted) {
        "C"
    } else {
        "B"
    }
}

fn consultation(index: usize) -> Consultation {
    match mix(index, 101) % 4 {
        0 => Consultation::Meeting,
        1 => Consultation::Phone,
        _ => Consultation::Visit,
    }
}

//! The stages of a manuscript of the demo county from the author to the signer; every step calls the use case that a person would use.

use anyhow::{Context, bail};

use crate::app::intake::{authors, drafts, submission};
use crate::app::review::{self, NewRequest, ReviewVerdict};
use crate::app::{AppError, Tx, signing};
use crate::cli::demo::records::seen;
use crate::domain::clock::Moment;
use crate::domain::manuscript::{Declarations, DraftForm, Text};
use crate::domain::permission::Actor;
use crate::domain::vocabulary::{Classification, Role};
use crate::store::change_requests;

use super::cast::Member;
use super::library::pick;
use super::plan::{PlanStep, mix};
use super::story::Story;

impl Story<'_> {
    /// Runs a command as this person.
    pub(super) fn act<T: Send + 'static>(
        &self,
        who: &Member,
        f: impl FnOnce(&mut Tx<'_>, &Actor) -> Result<T, AppError> + Send + 'static,
    ) -> anyhow::Result<T> {
        let actor = who.actor.clone();
        self.app.write_now("demo", move |tx| f(tx, &actor)).with_context(|| format!("{} ({})", who.name, who.login))
    }

    /// The member of a role who works on this manuscript.
    pub(super) fn one_of(&self, role: Role, index: usize) -> anyhow::Result<&Member> {
        let holders = self.cast.with(role);
        holders.get(mix(index, 80) % holders.len().max(1)).copied().with_context(|| format!("nobody is a {role}"))
    }

    /// Performs one step of one manuscript.
    ///
    /// # Errors
    /// When the use case refuses it.
    pub(super) fn perform(&mut self, at: Moment, index: usize, step: PlanStep) -> anyhow::Result<()> {
        match step {
            PlanStep::Write => self.write(index),
            PlanStep::CoSign => self.co_sign(index),
            PlanStep::Submit => self.submit(index),
            PlanStep::Withdraw => self.withdraw(index),
            PlanStep::PassScreening => self.verdict(index, Role::Screener, ReviewVerdict::Pass),
            PlanStep::ScreeningReturn => self.send_back_to_author(index, Role::Screener),
            PlanStep::Return => self.send_back_to_author(index, Role::Reviewer),
            PlanStep::Revise => self.revise(index),
            PlanStep::MarkUrgent => self.mark_urgent(index),
            PlanStep::Edit => self.edit(index),
            PlanStep::Recommend => self.recommend(index),
            PlanStep::Decline => self.decline(index),
            PlanStep::Refer => self.refer(index),
            PlanStep::Reconsider => self.reconsider(index),
            PlanStep::Merge => self.merge(index),
            PlanStep::SendBack => self.send_back(index),
            PlanStep::Sign => self.sign(index),
            PlanStep::Bulletin => Ok(()),
            PlanStep::Forward
            | PlanStep::Endorse(..)
            | PlanStep::EnterFor(..)
            | PlanStep::Confirm
            | PlanStep::Adopt(_)
            | PlanStep::Conclude
            | PlanStep::Reopen
            | PlanStep::Rate(_)
            | PlanStep::Archive => self.perform_for_leaders(at, index, step),
            PlanStep::Assign
            | PlanStep::Receive
            | PlanStep::AskReturn
            | PlanStep::RefuseReturn
            | PlanStep::AskExtension
            | PlanStep::GrantExtension
            | PlanStep::Contribute
            | PlanStep::Urge
            | PlanStep::Reply
            | PlanStep::RejectReply
            | PlanStep::ApproveReply
            | PlanStep::Report(_) => self.perform_handling(at, index, step),
        }
    }

    fn write(&mut self, index: usize) -> anyhow::Result<()> {
        let case = &self.cases[index];
        let written = &case.written;
        let form = DraftForm {
            title: written.title.clone(),
            category: written.category.clone(),
            kind: Some(written.kind),
            situation: written.situation.clone(),
            causes: written.causes.clone(),
            suggestions: written.suggestions.iter().map(|one| one.text.clone()).collect(),
            keywords: written.keywords.clone(),
            declarations: Some(Declarations {
                submitted_elsewhere: None,
                may_publish: true,
                may_quote_name: !mix(index, 81).is_multiple_of(4),
                classification: Classification::None,
            }),
        };
        let writer = self.writer(index)?;
        let on_behalf = (writer.user != case.author.user).then_some(case.author.user);
        let new = drafts::NewDraft { form, for_organization: mix(index, 82).is_multiple_of(14), author: on_behalf };
        let invited: Vec<String> = case.joint.iter().map(|one| one.login.clone()).collect();
        let id = self.act(writer, move |tx, actor| {
            let id = drafts::create(tx, actor, &new)?;
            if !invited.is_empty() {
                let version = seen(tx, actor, id)?;
                authors::set(tx, actor, id, version, &invited)?;
            }
            Ok(id)
        })?;
        self.cases[index].id = Some(id);
        self.attach(index)
    }

    fn co_sign(&self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        for author in &self.cases[index].joint {
            self.act(author, move |tx, actor| authors::co_sign(tx, actor, id, None))?;
        }
        Ok(())
    }

    fn submit(&self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        self.act(self.writer(index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            submission::submit(tx, actor, id, version)
        })?;
        Ok(())
    }

    fn withdraw(&self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        self.act(&self.cases[index].author, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            submission::withdraw(tx, actor, id, version)
        })?;
        Ok(())
    }

    /// Performs a decision of the screener of the author's organisation, or of a reviewer.
    fn verdict(&self, index: usize, desk: Role, verdict: ReviewVerdict) -> anyhow::Result<()> {
        let case = &self.cases[index];
        let id = case.id()?;
        let who = match desk {
            Role::Screener => self.cast.screener_of(case.author.organization).context("no screener")?,
            _ => self.one_of(Role::Reviewer, index)?,
        };
        self.act(who, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            review::decide(tx, actor, id, version, &verdict)
        })?;
        Ok(())
    }

    fn send_back_to_author(&self, index: usize, desk: Role) -> anyhow::Result<()> {
        let written = &self.cases[index].written;
        let request = &written.request;
        let Some(before) = written.situation.split(&request.passage).next() else { bail!("the passage is not there") };
        let from = u32::try_from(before.chars().count())?;
        let to = from + u32::try_from(request.passage.chars().count())?;
        let requests = vec![NewRequest { part: request.part, from, to: Some(to), text: request.text.clone() }];
        self.verdict(index, desk, ReviewVerdict::Return { reason: written.return_reason.clone(), requests })
    }

    /// The author adds the source of a figure and ticks the request off, and joint authors sign again.
    fn revise(&mut self, index: usize) -> anyhow::Result<()> {
        let case = &mut self.cases[index];
        let id = case.id()?;
        let department = case.written.departments.first().cloned().unwrap_or_default();
        let passage = case.written.request.passage.clone();
        let sourced = format!("{passage}（据{department}台账，截至上月底）");
        if !case.written.situation.contains(&sourced) {
            case.written.situation = case.written.situation.replacen(&passage, &sourced, 1);
        }
        let situation = case.written.situation.clone();
        let case = &self.cases[index];
        self.act(&case.author, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            let change = drafts::DraftChange { situation: Some(situation), ..drafts::DraftChange::default() };
            drafts::save(tx, actor, id, version, &change)?;
            for request in change_requests::list(tx.conn, id)? {
                submission::tick(tx, actor, id, request.id, true)?;
            }
            Ok(())
        })?;
        self.co_sign(index)
    }

    fn mark_urgent(&mut self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        self.act(self.one_of(Role::Reviewer, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            review::mark_urgent(tx, actor, id, version, true)
        })?;
        self.cases[index].urgent = true;
        Ok(())
    }

    /// The reviewer omits the last paragraph of the situation, which leaders need not read.
    fn edit(&self, index: usize) -> anyhow::Result<()> {
        let case = &self.cases[index];
        let id = case.id()?;
        let written = case.written.clone();
        self.act(self.one_of(Role::Reviewer, index)?, move |tx, actor| {
            let kept = written.situation.rsplit_once('\n').map_or(written.situation.as_str(), |(kept, _)| kept);
            let suggestions: Vec<String> = written.suggestions.iter().map(|one| one.text.clone()).collect();
            let text = Text::parse(&written.title, kept, &written.causes, &suggestions, &tx.text_limits())?;
            let version = seen(tx, actor, id)?;
            review::edit(tx, actor, id, version, &text)
        })?;
        Ok(())
    }

    fn recommend(&self, index: usize) -> anyhow::Result<()> {
        self.think_again(index)?;
        let opinion = self.cases[index].written.review.clone();
        self.verdict(index, Role::Reviewer, ReviewVerdict::Recommend { opinion })
    }

    /// Declines it as the reviewer, with a reason.
    pub(super) fn decline(&self, index: usize) -> anyhow::Result<()> {
        let decline = self.cases[index].written.decline.clone();
        self.verdict(index, Role::Reviewer, ReviewVerdict::Decline { code: decline.code, reason: decline.text })
    }

    fn refer(&self, index: usize) -> anyhow::Result<()> {
        let case = &self.cases[index];
        let id = case.id()?;
        let addressee = case.written.departments.first().cloned().unwrap_or_default();
        self.act(self.one_of(Role::Reviewer, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            review::refer(tx, actor, id, version, &addressee, "请在日常工作中参考，不必答复。")
        })?;
        Ok(())
    }

    fn reconsider(&self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        self.act(self.one_of(Role::Reviewer, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            review::reconsider(tx, actor, id, version, "作者补充了新的走访情况，与在办稿件有所不同，重新审核。")
        })?;
        Ok(())
    }

    fn send_back(&self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        let reason = pick(&self.library.more.send_back, index).to_owned();
        self.act(self.one_of(Role::Signer, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            signing::send_back(tx, actor, id, version, &reason)
        })?;
        Ok(())
    }

    fn sign(&self, index: usize) -> anyhow::Result<()> {
        if self.sign_for_another(index)? {
            return Ok(());
        }
        let id = self.cases[index].id()?;
        self.act(self.one_of(Role::Signer, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            signing::sign(tx, actor, id, version, "")
        })?;
        Ok(())
    }
}

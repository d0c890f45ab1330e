//! Leaders and the office in the demo county: forwarding to leaders, their endorsements, and the conclusion.

use anyhow::Context;

use crate::app::endorsements::{self, NewEndorsement};
use crate::app::handling::{self, deciding::MergedDecision};
use crate::app::outcomes::adoptions::{self, NewAdoption};
use crate::app::outcomes::archival;
use crate::app::outcomes::ratings::{self, NewRating};
use crate::app::reading::body;
use crate::cli::demo::records::seen;
use crate::domain::clock::Moment;
use crate::domain::numbers::Day;
use crate::domain::outcome::{AdoptionForm, AdoptionLevel, EndorsementKind};
use crate::domain::vocabulary::Role;

use super::cast::Member;
use super::library::pick;
use super::plan::{PlanStep, mix};
use super::story::Story;
use super::timeline::DemoTimeline;

/// The reason why suggestions of merged manuscripts are not answered separately.
const SAME: &str = "与主稿的建议相同，已由承办单位在主稿中一并答复。";
/// The reason why a manuscript is concluded again without a new answer of a department.
const AGAIN: &str = "部门已就尚未见效的一条补充说明办理进展，原答复意见不变。";

impl Story<'_> {
    /// Performs a step with the leaders or the office.
    ///
    /// # Errors
    /// When the use case refuses it.
    pub(super) fn perform_for_leaders(&mut self, at: Moment, index: usize, step: PlanStep) -> anyhow::Result<()> {
        match step {
            PlanStep::Forward => self.forward(index),
            PlanStep::Endorse(kind, turn) => self.endorse(index, kind, turn),
            PlanStep::EnterFor(kind, turn) => self.enter_for(index, kind, turn),
            PlanStep::Confirm => self.confirm(index),
            PlanStep::Adopt(level) => self.adopt(at, index, level),
            PlanStep::Conclude => self.conclude(index),
            PlanStep::Reopen => self.reopen(index),
            PlanStep::Rate(turn) => self.rate(index, turn),
            PlanStep::Archive => self.archive(index),
            _ => Ok(()),
        }
    }

    /// The leaders who receive what is forwarded on this turn: always the first two, and every other one of the remaining.
    pub(super) fn readers(&self, turn: usize) -> Vec<Member> {
        let leaders = self.cast.with(Role::Leader);
        let chosen = leaders.iter().enumerate().filter(|(place, _)| *place < 3 || (place + turn).is_multiple_of(2));
        chosen.map(|(_, leader)| (*leader).clone()).collect()
    }

    fn words(&self, index: usize, kind: EndorsementKind) -> String {
        let more = &self.library.more;
        match kind {
            EndorsementKind::Noted => String::new(),
            EndorsementKind::Instruction => self.cases[index].written.endorsement.clone(),
            EndorsementKind::Guidance => pick(&more.guidance, index).to_owned(),
            EndorsementKind::Reference => pick(&more.reference, index).to_owned(),
        }
    }

    fn endorsement(&self, index: usize, kind: EndorsementKind, leader: &Member) -> NewEndorsement {
        NewEndorsement {
            kind,
            commendatory: kind != EndorsementKind::Noted && mix(index, 110).is_multiple_of(3),
            urgent: false,
            words: self.words(index, kind),
            date: None,
            due_on: None,
            leader_id: Some(leader.user),
            scan_id: None,
        }
    }

    fn reader(&self, index: usize, turn: usize) -> anyhow::Result<&Member> {
        let readers = &self.cases[index].readers;
        readers.get((index + turn) % readers.len().max(1)).context("no leader reads it")
    }

    fn endorse(&mut self, index: usize, kind: EndorsementKind, turn: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        let leader = self.reader(index, turn)?;
        let new = self.endorsement(index, kind, leader);
        let made = self.act(leader, move |tx, actor| endorsements::enter(tx, actor, id, &new))?;
        if kind == EndorsementKind::Instruction {
            self.cases[index].instruction = Some(made);
        }
        Ok(())
    }

    /// Enters it as the leader's secretary; a leader without a secretary enters it themself.
    fn enter_for(&mut self, index: usize, kind: EndorsementKind, turn: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        let leader = self.reader(index, turn)?;
        let Some(secretary) = self.cast.secretary_of(&leader.login) else { return self.endorse(index, kind, turn) };
        let new = self.endorsement(index, kind, leader);
        let made = self.act(secretary, move |tx, actor| endorsements::enter(tx, actor, id, &new))?;
        let leader = leader.clone();
        self.cases[index].entered = Some((made, kind, leader));
        Ok(())
    }

    fn confirm(&mut self, index: usize) -> anyhow::Result<()> {
        let Some((id, kind, leader)) = self.cases[index].entered.take() else { return Ok(()) };
        self.act(&leader, move |tx, actor| endorsements::confirm(tx, actor, id))?;
        if kind == EndorsementKind::Instruction {
            self.cases[index].instruction = Some(id);
        }
        Ok(())
    }

    fn adopt(&self, at: Moment, index: usize, level: AdoptionLevel) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        let body = if level == AdoptionLevel::Province {
            "省委统战部《党外人士建言》"
        } else {
            "市委统战部《建言直通车》"
        };
        let form = if mix(index, 111).is_multiple_of(3) { AdoptionForm::Compiled } else { AdoptionForm::Single };
        let adopted_on = Day(DemoTimeline::date(at));
        let evidence = format!("第{}期", 1 + mix(index, 112) % 48);
        let new = NewAdoption { level, body: body.to_owned(), form, adopted_on, evidence };
        self.act(self.one_of(Role::Reviewer, index)?, move |tx, actor| adoptions::record(tx, actor, id, &new))?;
        Ok(())
    }

    fn conclude(&self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        let read_only = self.cases[index].charges.is_empty();
        let result = if read_only {
            "领导已阅批，供有关方面参考，无需部门办理，同意办结。"
        } else {
            &self.library.more.conclusion
        };
        let result = result.to_owned();
        self.act(self.one_of(Role::Dispatcher, index)?, move |tx, actor| {
            for merged in body::manuscript(tx, actor, id)?.merged.into_iter().filter(|one| !one.decided) {
                let decision = MergedDecision { reason: SAME.to_owned(), ..MergedDecision::default() };
                let version = seen(tx, actor, merged.id)?;
                handling::decide_merged(tx, actor, merged.id, version, &decision)?;
            }
            let version = seen(tx, actor, id)?;
            let reason = if handling::asks_reason(tx, actor, id)? { AGAIN } else { "" };
            handling::conclude_again(tx, actor, id, version, &result, reason)
        })?;
        Ok(())
    }

    fn reopen(&self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        self.act(self.one_of(Role::Dispatcher, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            handling::reopen(tx, actor, id, version, "作者回访时反映其中一条尚未见效，请部门继续跟进。")
        })?;
        Ok(())
    }

    fn rate(&self, index: usize, turn: usize) -> anyhow::Result<()> {
        let case = &self.cases[index];
        let id = case.id()?;
        let author = if turn == 0 { &case.author } else { case.joint.get(turn - 1).context("no such author")? };
        let all = &self.library.more.ratings;
        let said = all[mix(index, 113 + turn) % all.len()].clone();
        let new = NewRating { attitude: said.attitude, result: said.result, words: said.text };
        self.act(author, move |tx, actor| ratings::rate(tx, actor, id, &new))?;
        Ok(())
    }

    fn archive(&self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        self.act(self.one_of(Role::Reviewer, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            archival::archive(tx, actor, id, version, "")
        })?;
        Ok(())
    }
}

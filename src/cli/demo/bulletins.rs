//! The bulletins of the demo county: once a week the signed manuscripts are compiled, and the head of the department signs the next day.

use crate::app::bulletins::{self, BulletinForm, ChosenRecipient};
use crate::app::forwarding::{self, Forwarding};
use crate::cli::demo::records::{PlannedBulletin, seen};
use crate::domain::bulletin::RecipientKind;
use crate::domain::clock::Moment;
use crate::domain::ids::ManuscriptId;
use crate::domain::vocabulary::Role;

use super::plan::mix;
use super::story::Story;

/// The largest number of manuscripts in one bulletin.
const MOST: usize = 3;
/// The number of the bulletin that is cancelled as a mistake, so that the demo contains a cancelled one.
const MISTAKE: usize = 40;

impl Story<'_> {
    /// Compiles bulletins from the waiting manuscripts until none is left, and returns their numbers.
    ///
    /// # Errors
    /// When the use case refuses it.
    pub(super) fn compile(&mut self, turn: usize) -> anyhow::Result<Vec<usize>> {
        let mut made = Vec::new();
        while !self.waiting.is_empty() {
            let number = self.bulletins.len();
            let most = 1 + mix(number, 120) % MOST;
            let cases: Vec<usize> = self.waiting.drain(..most.min(self.waiting.len())).collect();
            let planned = self.compose(turn, number, cases)?;
            self.bulletins.push(planned);
            made.push(number);
        }
        Ok(made)
    }

    fn compose(&self, turn: usize, number: usize, cases: Vec<usize>) -> anyhow::Result<PlannedBulletin> {
        let manuscripts = cases.iter().map(|index| self.cases[*index].id()).collect::<anyhow::Result<Vec<ManuscriptId>>>()?;
        let readers = self.readers(number);
        let title = match cases.as_slice() {
            [one] => self.cases[*one].written.title.clone(),
            _ => format!("党外人士建言摘报（{}篇）", cases.len()),
        };
        let recipients = readers.iter().map(|leader| ChosenRecipient { user_id: leader.user, kind: RecipientKind::Report }).collect();
        let form = BulletinForm { title, manuscripts, recipients, ..BulletinForm::default() };
        let id = self.act(self.one_of(Role::Reviewer, number)?, move |tx, actor| {
            let id = bulletins::compose(tx, actor, &form)?;
            let version = bulletins::find(tx, actor, id)?.line.version;
            bulletins::submit(tx, actor, id, version)?;
            Ok(id)
        })?;
        Ok(PlannedBulletin { id, turn, cases, readers })
    }

    /// Signs a bulletin as the head of the department, which issues it to the leaders.
    ///
    /// # Errors
    /// When the use case refuses it.
    pub(super) fn issue(&mut self, at: Moment, number: usize) -> anyhow::Result<()> {
        let planned = &self.bulletins[number];
        let (id, cases, readers, turn) = (planned.id, planned.cases.clone(), planned.readers.clone(), planned.turn);
        self.act(self.one_of(Role::Signer, turn)?, move |tx, actor| {
            let version = bulletins::find(tx, actor, id)?.line.version;
            bulletins::issue(tx, actor, id, version)
        })?;
        if number == MISTAKE {
            return self.cancel(number);
        }
        for index in cases {
            self.cases[index].readers.clone_from(&readers);
            self.schedule(at, index)?;
        }
        Ok(())
    }

    /// Cancels a bulletin at once; its manuscripts wait for the next one.
    fn cancel(&mut self, number: usize) -> anyhow::Result<()> {
        let (id, turn) = (self.bulletins[number].id, self.bulletins[number].turn);
        self.act(self.one_of(Role::Signer, turn)?, move |tx, actor| {
            let version = bulletins::find(tx, actor, id)?.line.version;
            bulletins::cancel(tx, actor, id, version, "附表所列单位有误，本期作废，更正后重新编发。")
        })?;
        let cases = self.bulletins[number].cases.clone();
        self.waiting.extend(cases);
        Ok(())
    }

    /// Forwards a manuscript to leaders without a bulletin.
    pub(super) fn forward(&mut self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        let readers = self.readers(index);
        let to = Forwarding { recipients: readers.iter().map(|leader| leader.user).collect() };
        self.act(self.one_of(Role::Signer, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            forwarding::forward(tx, actor, id, version, &to)
        })?;
        self.cases[index].readers = readers;
        Ok(())
    }
}

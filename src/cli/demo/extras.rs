//! What does not happen to every manuscript: files, a paper that staff enter for its author (代录), a decision that is taken back, two that
//! are joined, a signature by a stand-in.

use chrono::Duration;

use crate::app::accounts::stand_ins::{self, NewStandIn};
use crate::app::attachments::{self, Subject};
use crate::app::{AppError, merging, signing, transition, undo};
use crate::cli::demo::records::seen;
use crate::documents::vault::Vault;
use crate::domain::ids::ManuscriptId;
use crate::domain::permission::Actor;
use crate::domain::vocabulary::Role;
use crate::store::stand_ins::acting_grants;

use super::cast::Member;
use super::plan::mix;
use super::story::Story;

/// How many days a signer is away.
const AWAY_DAYS: i64 = 5;

impl Story<'_> {
    /// Who writes it down and hands it in: its author, or for some a reviewer to whom they gave it on paper.
    ///
    /// # Errors
    /// Where nobody is a reviewer.
    pub(super) fn writer(&self, index: usize) -> anyhow::Result<&Member> {
        let case = &self.cases[index];
        let on_paper = mix(index, 90).is_multiple_of(23) && case.joint.is_empty() && !case.author.screened;
        if on_paper { self.one_of(Role::Reviewer, index + 1) } else { Ok(&case.author) }
    }

    /// Some authors add what they wrote down on the spot.
    ///
    /// # Errors
    /// Where the file can't be kept, or the use case refuses it.
    pub(super) fn attach(&self, index: usize) -> anyhow::Result<()> {
        if !mix(index, 91).is_multiple_of(8) {
            return Ok(());
        }
        let (id, written) = (self.cases[index].id()?, &self.cases[index].written);
        let text = format!(
            "{}\n\n走访记录\n\n{}\n\n（以上情况由走访人当场记录，未经核对的数字以主管部门为准。）\n",
            written.title, written.situation
        );
        let vault = Vault::new(self.app.settings.attachments_dir());
        let mut incoming = vault.begin(self.app.settings.limits.attachment_bytes)?;
        incoming.write(text.as_bytes())?;
        let kept = incoming.keep("走访记录.txt")?;
        self.act(self.writer(index)?, move |tx, actor| attachments::attach(tx, actor, id, Subject::Manuscript, "走访记录.txt", &kept))?;
        Ok(())
    }

    /// Now and then a reviewer declines too fast, and takes it back before anybody has heard of it.
    ///
    /// # Errors
    /// Where the use case refuses it.
    pub(super) fn think_again(&self, index: usize) -> anyhow::Result<()> {
        if !mix(index, 92).is_multiple_of(29) {
            return Ok(());
        }
        self.decline(index)?;
        let id = self.cases[index].id()?;
        self.act(self.one_of(Role::Reviewer, index)?, move |tx, actor| {
            let version = seen(tx, actor, id)?;
            undo::undo(tx, actor, id, version)
        })?;
        Ok(())
    }

    /// Joins it to the last manuscript on the same matter that is still alive; without one it is declined as a duplicate.
    ///
    /// # Errors
    /// Where the use case refuses it.
    pub(super) fn merge(&self, index: usize) -> anyhow::Result<()> {
        let id = self.cases[index].id()?;
        let reviewer = self.one_of(Role::Reviewer, index)?;
        let same = self.cases[..index].iter().rev().filter(|other| other.index % self.library.len() == index % self.library.len());
        let targets: Vec<ManuscriptId> = same.filter_map(|other| other.id).collect();
        let merged = self.act(reviewer, move |tx, actor| {
            for target in targets {
                match transition::load(tx, actor, target) {
                    Ok(found) if found.row.stage.takes_merged() => {}
                    Ok(_) | Err(AppError::NotFound) => continue,
                    Err(error) => return Err(error),
                }
                let version = seen(tx, actor, id)?;
                merging::merge(tx, actor, id, version, target)?;
                return Ok(true);
            }
            Ok(false)
        })?;
        if merged { Ok(()) } else { self.decline(index) }
    }

    /// Now and then the signer is away: they have named a dispatcher, who signs for them. Says whether that was so.
    ///
    /// # Errors
    /// Where the use case refuses it.
    pub(super) fn sign_for_another(&self, index: usize) -> anyhow::Result<bool> {
        let (signer, other) = (self.one_of(Role::Signer, index)?, self.one_of(Role::Dispatcher, index)?);
        if !mix(index, 93).is_multiple_of(47) || other.user == signer.user {
            return Ok(false);
        }
        let (id, stand_in) = (self.cases[index].id()?, other.user);
        self.act(signer, move |tx, actor| {
            let (from, to) = (tx.now, tx.now + Duration::days(AWAY_DAYS));
            stand_ins::name(tx, actor, NewStandIn { stand_in, role: Role::Signer, from, to })
        })?;
        self.act(other, move |tx, actor| {
            let grants = acting_grants(tx.conn, actor.user, actor.channel, tx.now)?;
            let actor = Actor { grants, ..actor.clone() };
            let version = seen(tx, &actor, id)?;
            signing::sign(tx, &actor, id, version, "")
        })?;
        Ok(true)
    }
}

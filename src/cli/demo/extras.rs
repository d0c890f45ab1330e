//! Less frequent events: files, entry of a paper manuscript by staff (代录), a decision that is undone, two manuscripts that are merged, a
//! signature by a stand-in.

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

/// The number of days for which a signer is absent.
const AWAY_DAYS: i64 = 5;

impl Story<'_> {
    /// The person who enters and submits it: its author, or for some a reviewer to whom the author gave it on paper.
    ///
    /// # Errors
    /// When there is no reviewer.
    pub(super) fn writer(&self, index: usize) -> anyhow::Result<&Member> {
        let case = &self.cases[index];
        let on_paper = mix(index, 90).is_multiple_of(23) && case.joint.is_empty() && !case.author.screened;
        if on_paper { self.one_of(Role::Reviewer, index + 1) } else { Ok(&case.author) }
    }

    /// Attaches the notes that some authors took on site.
    ///
    /// # Errors
    /// When the file cannot be stored, or the use case refuses it.
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

    /// Occasionally declines a manuscript as reviewer and undoes it, before the author is notified.
    ///
    /// # Errors
    /// When the use case refuses it.
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

    /// Merges it into the last open manuscript on the same matter; without one it is declined as a duplicate.
    ///
    /// # Errors
    /// When the use case refuses it.
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

    /// Occasionally the signer is absent, and a dispatcher whom they named signs for them. Returns whether that was so.
    ///
    /// # Errors
    /// When the use case refuses it.
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

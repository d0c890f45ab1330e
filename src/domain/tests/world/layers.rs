//! Decisions of the model that are not announced yet: the state that authors read meanwhile, and the effects of their acts.

use super::{BUREAU, ModelPosition, World};
use crate::domain::clock::Moment;
use crate::domain::ids::UserId;
use crate::domain::permission::ReadThrough;
use crate::domain::vocabulary::Action;

/// A decision of which authors do not learn before its window closes.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    /// The sequence number of the decision in the model.
    pub number: usize,
    pub until: Moment,
    /// The previous states of this manuscript, and of those that the decision moved with it.
    pub before: Vec<(usize, ModelPosition)>,
}

impl World {
    /// Returns the state that the authors of a manuscript read: before the oldest decision that is not announced yet.
    pub(super) fn read(&self, m: usize) -> &ModelPosition {
        let layers = self.manuscripts.iter().flat_map(|it| &it.layers).filter(|layer| layer.until > self.now);
        let moved = layers.filter_map(|layer| Some((layer.number, layer.before.iter().find(|(moved, _)| *moved == m)?)));
        moved.min_by_key(|(number, _)| *number).map_or(&self.manuscripts[m].at, |(_, (_, position))| position)
    }

    /// Returns the authors of manuscripts merged into this one, with exceptions.
    pub(super) fn merged_authors(&self, m: usize, apart_from: &[usize]) -> Vec<UserId> {
        let merged = self.manuscripts.iter().enumerate().filter(|(n, one)| one.at.merged_into == Some(m) && !apart_from.contains(n));
        merged.flat_map(|(_, one)| one.authors.iter().map(|author| author.user)).collect()
    }

    /// Returns the people who read manuscripts merged into this one because they handle it.
    pub(super) fn read_through<'w>(&'w self, m: usize, place: &dyn Fn(usize) -> &'w ModelPosition) -> ReadThrough {
        let (it, at) = (&self.manuscripts[m], place(m));
        let charged = at.assignments.iter().any(|(state, _)| state.is_charged());
        ReadThrough {
            reached: at.reached,
            recipients: it.recipients.clone(),
            charged: if charged { vec![BUREAU] } else { Vec::new() },
            authors: self.involved(m, &self.untold(m)),
        }
    }

    /// Returns the number of merged manuscripts that wait for a decision on their suggestions.
    pub(super) fn undecided<'w>(&'w self, m: usize, place: &dyn Fn(usize) -> &'w ModelPosition) -> usize {
        let waits = |n: &usize| place(*n).merged_into == Some(m) && !place(*n).decided;
        (0..self.manuscripts.len()).filter(waits).count()
    }

    /// Returns its authors, and those of manuscripts merged into it, with exceptions.
    pub(super) fn involved(&self, m: usize, apart_from: &[usize]) -> Vec<UserId> {
        self.manuscripts[m].authors.iter().map(|author| author.user).chain(self.merged_authors(m, apart_from)).collect()
    }

    /// Returns the manuscripts merged into this one whose authors do not know it yet.
    fn untold(&self, m: usize) -> Vec<usize> {
        let is_untold = |n: &usize| self.manuscripts[*n].at.merged_into == Some(m) && self.read(*n).merged_into != Some(m);
        (0..self.manuscripts.len()).filter(is_untold).collect()
    }

    /// Returns those of them that this person wrote.
    pub(super) fn untold_to(&self, person: usize, m: usize) -> Vec<usize> {
        let user = self.cast[person].user;
        let wrote = |n: &usize| self.manuscripts[*n].authors.iter().any(|author| author.user == user);
        self.untold(m).into_iter().filter(wrote).collect()
    }

    /// Voids decisions and mergers of which an author did not know when acting on the state that authors read.
    pub(super) fn void(&mut self, m: usize) {
        self.void_each(self.untold(m).into_iter().chain([m]).collect());
    }

    /// Ends the unannounced decisions on these manuscripts. An edited text that was written meanwhile stays.
    pub(super) fn void_each(&mut self, some: Vec<usize>) {
        let now = self.now;
        for n in some {
            while self.manuscripts[n].layers.iter().any(|layer| layer.until > now) {
                let it = &mut self.manuscripts[n];
                let (from, mut before) = (it.at.stage, it.layers[it.layers.len() - 1].before.clone());
                it.history.push((Action::Undo, from, before[0].1.stage));
                before[0].1.edited = it.at.edited;
                it.before = before;
                self.restore(n);
            }
        }
    }

    pub(super) fn restore(&mut self, m: usize) {
        self.manuscripts[m].layers.pop();
        let moved = std::mem::take(&mut self.manuscripts[m].before);
        for (at, position) in moved {
            let from = self.manuscripts[at].at.stage;
            if at != m {
                self.manuscripts[at].history.push((Action::Undo, from, position.stage));
            }
            self.manuscripts[at].at = position;
            self.manuscripts[at].pending = None;
        }
        self.manuscripts[m].pending = None;
    }
}

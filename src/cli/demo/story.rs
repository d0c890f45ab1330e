//! Executes the county's two years: takes the events from a queue that is ordered by time, sets the clock to each and performs it through
//! the use cases.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use anyhow::Context;
use indicatif::ProgressBar;

use crate::app::App;
use crate::cli::demo::records::{DemoManuscript, PlannedBulletin};
use crate::domain::clock::Moment;
use crate::domain::vocabulary::Role;

use super::background::Background;
use super::cast::Cast;
use super::library::{Library, LibraryManuscript};
use super::plan::{PlanStep, Timed, fate, mix, plan};
use super::timeline::DemoTimeline;

/// The number of manuscripts that are created in the two years.
const MANUSCRIPTS: usize = 330;

/// An event in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The next step of a manuscript.
    Step(usize),
    /// The day of the bulletin.
    Bulletin(usize),
    /// The bulletin is signed.
    Issue(usize),
}

/// The state of the story.
pub(super) struct Story<'a> {
    pub(super) app: &'a App,
    pub(super) cast: &'a Cast,
    pub(super) library: &'a Library,
    pub(super) timeline: &'a DemoTimeline,
    background: &'a Background,
    queue: BinaryHeap<Reverse<(Moment, Event)>>,
    pub(super) cases: Vec<DemoManuscript>,
    steps: Vec<VecDeque<Timed>>,
    /// Manuscripts that wait for a bulletin.
    pub(super) waiting: VecDeque<usize>,
    /// The bulletins so far.
    pub(super) bulletins: Vec<PlannedBulletin>,
}

impl<'a> Story<'a> {
    /// Decides who writes what and when.
    ///
    /// # Errors
    /// When a text or the calendar is invalid.
    pub(super) fn new(
        app: &'a App,
        cast: &'a Cast,
        library: &'a Library,
        timeline: &'a DemoTimeline,
        background: &'a Background,
    ) -> anyhow::Result<Self> {
        let mut story = Self {
            app,
            cast,
            library,
            timeline,
            background,
            queue: BinaryHeap::new(),
            cases: Vec::new(),
            steps: Vec::new(),
            waiting: VecDeque::new(),
            bulletins: Vec::new(),
        };
        for index in 0..MANUSCRIPTS {
            story.prepare(index)?;
        }
        for (turn, day) in timeline.bulletin_days()?.into_iter().enumerate() {
            story.queue.push(Reverse((day, Event::Bulletin(turn))));
        }
        Ok(story)
    }

    fn prepare(&mut self, index: usize) -> anyhow::Result<()> {
        let begun = self.timeline.written(index, MANUSCRIPTS)?;
        let written: LibraryManuscript = self.library.write(index, DemoTimeline::month_before(begun))?;
        let writers = self.cast.with(Role::Submitter);
        let author = writers[mix(index, 70) % writers.len()];
        let others: Vec<_> = writers.iter().copied().filter(|other| other.user != author.user).collect();
        let joint = if mix(index, 71).is_multiple_of(6) { vec![others[mix(index, 72) % others.len()]] } else { Vec::new() };
        let steps = plan(index, author.screened, !joint.is_empty());
        self.steps.push(steps.into());
        self.cases.push(DemoManuscript::new(index, written, author.clone(), joint.into_iter().cloned().collect()));
        self.queue.push(Reverse((begun, Event::Step(index))));
        Ok(())
    }

    /// Executes the story to the end of the last day.
    ///
    /// # Errors
    /// When a use case refuses a planned step.
    pub(super) fn tell(&mut self, bar: &ProgressBar) -> anyhow::Result<()> {
        let (begin, end) = (self.timeline.begin(), self.timeline.end());
        bar.set_length(u64::try_from((end - begin).num_hours())?);
        while let Some(Reverse((at, event))) = self.queue.pop() {
            if at > end {
                break;
            }
            self.app.clock.set(at);
            bar.set_position(u64::try_from((at - begin).num_hours())?);
            bar.set_message(DemoTimeline::date(at).to_string());
            self.happen(at, event).with_context(|| format!("on {}", DemoTimeline::date(at)))?;
        }
        self.app.clock.set(end);
        Ok(())
    }

    fn happen(&mut self, at: Moment, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Step(index) => self.step(at, index),
            Event::Bulletin(turn) => self.bulletin_day(at, turn),
            Event::Issue(number) => self.issue(at, number),
        }
    }

    /// Compiles the bulletins, which are signed on the next day, and runs the jobs.
    fn bulletin_day(&mut self, at: Moment, turn: usize) -> anyhow::Result<()> {
        for number in self.compile(turn)? {
            let next = self.timeline.after(at, 1, mix(number, 60))?;
            self.queue.push(Reverse((next, Event::Issue(number))));
        }
        self.background.work()
    }

    fn step(&mut self, at: Moment, index: usize) -> anyhow::Result<()> {
        let Some((_, step)) = self.steps[index].pop_front() else { return Ok(()) };
        if step == PlanStep::Bulletin {
            self.waiting.push_back(index);
            return Ok(());
        }
        self.perform(at, index, step).with_context(|| format!("manuscript {index} ({:?}): {step:?}", fate(index)))?;
        self.schedule(at, index)
    }

    /// Queues the next step of a manuscript.
    pub(super) fn schedule(&mut self, at: Moment, index: usize) -> anyhow::Result<()> {
        let left = self.steps[index].len();
        if let Some((days, _)) = self.steps[index].front() {
            let next = self.timeline.after(at, *days, mix(index, 1000 + left))?;
            self.queue.push(Reverse((next, Event::Step(index))));
        }
        Ok(())
    }
}

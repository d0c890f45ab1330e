//! The transitions between stages, derived from the rules and drawn with Mermaid.

use std::fmt::Write;

use uuid::Uuid;

use super::{NamedWord, named};
use crate::domain::ids::{ChannelId, OrganizationId};
use crate::domain::outgoing::EditedTextState;
use crate::domain::permission::{ManuscriptStanding, ReachedDesks};
use crate::domain::transition::{Case, TRANSITIONS, decide_alone};
use crate::domain::vocabulary::{Action, Stage};
use crate::text::words::Word;

/// An act with the stages before and after it.
pub(super) type Arrow<S> = (NamedWord, S, S);

/// Every arrow between two stages, in the order of the table.
pub(super) fn of_manuscripts() -> Vec<Arrow<Stage>> {
    let mut arrows: Vec<Arrow<Stage>> = Vec::new();
    for row in TRANSITIONS {
        for from in row.from {
            for case in cases(*from) {
                let Ok(decision) = decide_alone(&case, row.action) else { continue };
                let arrow = (named(row.action), decision.from, decision.to);
                // Only one arrow leaves the archive; the others lead back to the stage before archiving.
                let back = row.action == Action::Reopen && *from == Stage::Archived && decision.to != Stage::Handling;
                if decision.from != decision.to && !back && !arrows.contains(&arrow) {
                    arrows.push(arrow);
                }
            }
        }
    }
    arrows
}

/// Manuscripts at this stage for which no guard forbids an act: one for each possible target.
fn cases(stage: Stage) -> Vec<Case> {
    let standing = ManuscriptStanding {
        channel: ChannelId(Uuid::nil()),
        organization: OrganizationId(Uuid::nil()),
        authors: Vec::new(),
        merged_authors: Vec::new(),
        prepared_by: Vec::new(),
        entered_by: None,
        reached: ReachedDesks { screening: true, review: true, signing: true, accepted: true },
        recipients: Vec::new(),
        charged: Vec::new(),
        through: None,
    };
    let case = |screening_wanted, edited| Case {
        standing: standing.clone(),
        stage,
        former: (stage == Stage::Archived).then_some(Stage::Concluded),
        returned_from: None,
        screening_wanted,
        merged_here: 0,
        merged_open: 0,
        unassigned: 0,
        answered_alone: false,
        target: Some(Stage::Review),
        target_authors: Vec::new(),
        open_assignments: 0,
        edited,
        was_forwarded: true,
        pending: None,
        unannounced: None,
    };
    vec![case(true, EditedTextState::None), case(false, EditedTextState::None), case(false, EditedTextState::Outdated)]
}

/// A state diagram; acts between the same two states share an arrow.
pub(super) fn mermaid<S: Word + PartialEq>(states: &[S], arrows: &[Arrow<S>], first: &[S]) -> String {
    let mut out = "```mermaid\nstateDiagram-v2\n".to_owned();
    for state in states {
        let _ = writeln!(out, "    {}: {} {}", state.written(), named(*state).zh, named(*state).written);
    }
    for state in first {
        let _ = writeln!(out, "    [*] --> {}", state.written());
    }
    for (from, to, acts) in grouped(arrows) {
        if from != to {
            let acts: Vec<_> = acts.iter().map(|act| format!("{} {}", act.zh, act.written)).collect();
            let _ = writeln!(out, "    {} --> {}: {}", from.written(), to.written(), acts.join(" / "));
        }
    }
    out + "```\n"
}

/// The acts between each two states, in the order of their first occurrence.
pub(super) fn grouped<S: Copy + PartialEq>(arrows: &[Arrow<S>]) -> Vec<(S, S, Vec<NamedWord>)> {
    let mut groups: Vec<(S, S, Vec<NamedWord>)> = Vec::new();
    for (act, from, to) in arrows {
        match groups.iter_mut().find(|(a, b, _)| a == from && b == to) {
            Some((_, _, acts)) => acts.push(act.clone()),
            None => groups.push((*from, *to, vec![act.clone()])),
        }
    }
    groups
}

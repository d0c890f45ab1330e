//! The steps of each manuscript of the demo county, and the time between them. They depend only on the manuscript's index, so that every
//! run creates the same county. A step after the last day is not performed, which leaves manuscripts in every stage.

use crate::domain::outcome::{AdoptionLevel, EndorsementKind};

/// A step that a person performs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlanStep {
    /// The author creates it, and invites joint authors if they have any.
    Write,
    /// The joint authors sign.
    CoSign,
    /// The author submits it, also after a return.
    Submit,
    /// The author withdraws it.
    Withdraw,
    /// The organisation's office passes it.
    PassScreening,
    /// The organisation's office returns it.
    ScreeningReturn,
    /// The reviewer returns it.
    Return,
    /// The author makes the requested change and ticks it off.
    Revise,
    /// The reviewer marks it urgent.
    MarkUrgent,
    /// The reviewer writes the edited text.
    Edit,
    /// The reviewer recommends it to the signer.
    Recommend,
    /// The reviewer declines it.
    Decline,
    /// The reviewer refers a declined one to another body.
    Refer,
    /// The reviewer reconsiders a declined one.
    Reconsider,
    /// The reviewer merges it into an earlier one on the same matter, if that is still open.
    Merge,
    /// The signer sends it back.
    SendBack,
    /// The signer signs.
    Sign,
    /// It waits for the next bulletin; the next step counts from the issue.
    Bulletin,
    /// The signer forwards it to leaders without a bulletin.
    Forward,
    /// A leader endorses it themself; the number selects the recipient.
    Endorse(EndorsementKind, usize),
    /// A leader's secretary enters the endorsement.
    EnterFor(EndorsementKind, usize),
    /// The leader confirms the secretary's entry.
    Confirm,
    /// The dispatcher assigns it to the departments.
    Assign,
    /// The departments receive it.
    Receive,
    /// The leading department asks to be released.
    AskReturn,
    /// The dispatcher refuses that.
    RefuseReturn,
    /// The leading department asks for more time.
    AskExtension,
    /// The dispatcher grants it.
    GrantExtension,
    /// The assisting departments contribute.
    Contribute,
    /// The dispatcher sends a reminder.
    Urge,
    /// The department replies.
    Reply,
    /// The dispatcher rejects the reply.
    RejectReply,
    /// The dispatcher approves the reply.
    ApproveReply,
    /// The dispatcher concludes it.
    Conclude,
    /// The author with this number rates.
    Rate(usize),
    /// The dispatcher reopens it.
    Reopen,
    /// The department reports on the implementation; the last report states that it is done.
    Report(usize),
    /// The reviewer records that a higher level adopted it.
    Adopt(AdoptionLevel),
    /// It is archived.
    Archive,
}

/// The wait before a step in working days; the timeline chooses the time of day.
pub(super) type Timed = (u32, PlanStep);

/// A pseudo-random number that is the same in every run.
pub(super) fn mix(index: usize, salt: usize) -> usize {
    let mut value = (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (salt as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    value ^= value >> 29;
    value = value.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    usize::try_from((value ^ (value >> 32)) & 0xFFFF_FFFF).unwrap_or(0)
}

/// The final state of a manuscript, if there is enough time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Never submitted.
    Draft,
    /// Withdrawn by the author.
    Withdrawn,
    /// Declined.
    Declined,
    /// Merged into another one.
    Merged,
    /// Accepted, for reference only.
    Accepted,
    /// Endorsed by leaders without an instruction.
    Read,
    /// Handled by departments.
    Handled,
}

/// The fate of the manuscript with this index.
pub(super) fn fate(index: usize) -> Fate {
    match mix(index, 1) % 100 {
        0..4 => Fate::Draft,
        4..7 => Fate::Withdrawn,
        7..19 => Fate::Declined,
        19..23 => Fate::Merged,
        23..38 => Fate::Accepted,
        38..52 => Fate::Read,
        _ => Fate::Handled,
    }
}

/// Whether this index is selected; `salt` selects one index in `every`.
fn falls(index: usize, salt: usize, every: usize) -> bool {
    mix(index, salt).is_multiple_of(every)
}

/// A wait of at least this number of working days, and up to `spread` more.
fn days(index: usize, salt: usize, least: usize, spread: usize) -> u32 {
    u32::try_from(least + mix(index, salt) % (spread + 1)).unwrap_or(1)
}

/// All steps of a manuscript, in order.
pub(super) fn plan(index: usize, screened: bool, joint: bool) -> Vec<Timed> {
    let fate = fate(index);
    let mut steps = begin(index, fate, joint);
    if fate == Fate::Draft {
        return steps;
    }
    steps.push((days(index, 2, 0, 2), PlanStep::Submit));
    if fate == Fate::Withdrawn {
        steps.push((1, PlanStep::Withdraw));
        return steps;
    }
    if screened {
        if falls(index, 3, 13) {
            steps.extend([(1, PlanStep::ScreeningReturn), (2, PlanStep::Revise), (0, PlanStep::Submit)]);
        }
        steps.push((days(index, 4, 1, 3), PlanStep::PassScreening));
    }
    steps.extend(review(index, fate));
    match fate {
        Fate::Accepted => steps.push((days(index, 5, 60, 40), PlanStep::Archive)),
        Fate::Read => steps.extend(read(index)),
        Fate::Handled => steps.extend(handled(index, joint)),
        Fate::Draft | Fate::Withdrawn | Fate::Declined | Fate::Merged => {}
    }
    steps
}

fn begin(index: usize, fate: Fate, joint: bool) -> Vec<Timed> {
    let mut steps = vec![(0, PlanStep::Write)];
    if joint && fate != Fate::Draft {
        steps.push((days(index, 6, 1, 2), PlanStep::CoSign));
    }
    steps
}

fn review(index: usize, fate: Fate) -> Vec<Timed> {
    let mut steps = Vec::new();
    if falls(index, 7, 12) {
        steps.push((0, PlanStep::MarkUrgent));
    }
    match fate {
        Fate::Declined => {
            steps.push((days(index, 8, 2, 4), PlanStep::Decline));
            if falls(index, 9, 4) {
                steps.push((1, PlanStep::Refer));
            }
            if falls(index, 10, 9) {
                steps.extend([(5, PlanStep::Reconsider), (2, PlanStep::Recommend), (1, PlanStep::Sign)]);
            }
            return steps;
        }
        Fate::Merged => {
            steps.push((days(index, 11, 2, 3), PlanStep::Merge));
            return steps;
        }
        Fate::Draft | Fate::Withdrawn | Fate::Accepted | Fate::Read | Fate::Handled => {}
    }
    if falls(index, 12, 5) {
        steps.extend([(days(index, 13, 1, 3), PlanStep::Return), (days(index, 14, 2, 5), PlanStep::Revise), (0, PlanStep::Submit)]);
    }
    if falls(index, 15, 3) {
        steps.push((days(index, 16, 1, 3), PlanStep::Edit));
    }
    steps.push((days(index, 17, 1, 4), PlanStep::Recommend));
    if falls(index, 18, 17) {
        steps.extend([(1, PlanStep::SendBack), (1, PlanStep::Recommend)]);
    }
    steps.push((days(index, 19, 1, 2), PlanStep::Sign));
    steps
}

/// The step that forwards it to leaders: nearly always a bulletin.
fn forward(index: usize) -> Timed {
    if falls(index, 20, 9) { (1, PlanStep::Forward) } else { (0, PlanStep::Bulletin) }
}

fn read(index: usize) -> Vec<Timed> {
    let kind = if falls(index, 21, 2) { EndorsementKind::Guidance } else { EndorsementKind::Reference };
    let mut steps = vec![forward(index), (days(index, 22, 0, 2), PlanStep::Endorse(EndorsementKind::Noted, 1))];
    match mix(index, 23) % 3 {
        0 => steps.push((1, PlanStep::Endorse(kind, 0))),
        1 => steps.extend([(1, PlanStep::EnterFor(kind, 0)), (1, PlanStep::Confirm)]),
        _ => steps.push((1, PlanStep::Endorse(EndorsementKind::Noted, 0))),
    }
    steps.extend([(days(index, 24, 15, 20), PlanStep::Conclude), (days(index, 25, 2, 6), PlanStep::Rate(0))]);
    if falls(index, 26, 3) {
        steps.push((60, PlanStep::Archive));
    }
    steps
}

fn handled(index: usize, joint: bool) -> Vec<Timed> {
    let mut steps = vec![forward(index)];
    if mix(index, 27) % 4 != 3 {
        if falls(index, 28, 3) {
            steps.extend([(1, PlanStep::EnterFor(EndorsementKind::Instruction, 0)), (0, PlanStep::Confirm)]);
        } else {
            steps.push((days(index, 29, 0, 2), PlanStep::Endorse(EndorsementKind::Instruction, 0)));
        }
    }
    steps.push((0, PlanStep::Endorse(EndorsementKind::Noted, 1)));
    steps.push((days(index, 30, 1, 1), PlanStep::Assign));
    if falls(index, 31, 7) {
        steps.extend([(4, PlanStep::Urge), (1, PlanStep::Receive)]);
    } else {
        steps.push((days(index, 32, 1, 2), PlanStep::Receive));
    }
    if falls(index, 33, 13) && !falls(index, 31, 7) {
        steps.extend([(1, PlanStep::AskReturn), (1, PlanStep::RefuseReturn)]);
    }
    steps.push((days(index, 34, 3, 4), PlanStep::Contribute));
    if falls(index, 35, 8) {
        steps.extend([(2, PlanStep::AskExtension), (1, PlanStep::GrantExtension), (days(index, 36, 8, 15), PlanStep::Reply)]);
    } else {
        steps.push((days(index, 37, 4, 9), PlanStep::Reply));
    }
    if falls(index, 38, 9) {
        steps.extend([(2, PlanStep::RejectReply), (6, PlanStep::Reply)]);
    }
    steps.extend([(days(index, 39, 1, 3), PlanStep::ApproveReply), (days(index, 40, 1, 2), PlanStep::Conclude)]);
    steps.extend(afterwards(index, joint));
    steps
}

fn afterwards(index: usize, joint: bool) -> Vec<Timed> {
    let mut steps = Vec::new();
    if !mix(index, 41).is_multiple_of(7) {
        steps.push((days(index, 42, 1, 6), PlanStep::Rate(0)));
    }
    if joint && !mix(index, 43).is_multiple_of(3) {
        steps.push((1, PlanStep::Rate(1)));
    }
    if falls(index, 44, 21) {
        steps.extend([(2, PlanStep::Reopen), (15, PlanStep::Conclude)]);
    }
    if falls(index, 45, 3) {
        let level = if falls(index, 46, 3) { AdoptionLevel::Province } else { AdoptionLevel::City };
        steps.push((days(index, 47, 10, 10), PlanStep::Adopt(level)));
    }
    steps.push((days(index, 48, 15, 10), PlanStep::Report(0)));
    if !mix(index, 49).is_multiple_of(3) {
        steps.extend([(days(index, 50, 25, 20), PlanStep::Report(1)), (days(index, 51, 25, 30), PlanStep::Report(2))]);
    }
    if falls(index, 52, 2) {
        steps.push((30, PlanStep::Archive));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fate_is_met_and_most_manuscripts_go_far() {
        let count = |wanted: Fate| (0..320).filter(|index| fate(*index) == wanted).count();
        for wanted in [Fate::Draft, Fate::Withdrawn, Fate::Declined, Fate::Merged, Fate::Accepted, Fate::Read] {
            assert!(count(wanted) >= 5, "{wanted:?}: {}", count(wanted));
        }
        assert!(count(Fate::Handled) >= 120, "{}", count(Fate::Handled));
    }
}

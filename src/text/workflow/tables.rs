//! The tables of transitions in Markdown, Chinese and English side by side.

use super::{head, named, row};
use crate::domain::assignment::{ASSIGNMENT_TRANSITIONS, For};
use crate::domain::bulletin::BULLETIN_TRANSITIONS;
use crate::domain::lang::Lang;
use crate::domain::notice::NoticeRule;
use crate::domain::recipients::told_of_merger;
use crate::domain::states::{AssignmentState, BulletinState};
use crate::domain::transition::{TRANSITIONS, TransitionTarget};
use crate::domain::vocabulary::{Action, Role, Stage};
use crate::text::words::{Word, stage_for_author};

/// Both languages and the name in the API.
fn full<W: Word>(one: W) -> String {
    let name = named(one);
    format!("{} {} `{}`", name.zh, name.en, name.written)
}

fn both<W: Word>(one: &W) -> String {
    let name = named(*one);
    format!("{} {}", name.zh, name.en)
}

fn all<W: Word>(words: &[W], show: impl Fn(&W) -> String) -> String {
    if words.is_empty() { "–".to_owned() } else { words.iter().map(show).collect::<Vec<_>>().join("<br>") }
}

fn states<W: Word>(words: &[W]) -> String {
    all(words, |one| format!("{} `{}`", named(*one).zh, named(*one).written))
}

fn told(notices: &[NoticeRule]) -> String {
    let lines: Vec<_> = notices.iter().map(|notice| format!("{}: `{}`", both(&notice.audience), notice.letter.as_str())).collect();
    if lines.is_empty() { "–".to_owned() } else { lines.join("<br>") }
}

pub(super) fn stages() -> String {
    let mut out = String::new();
    head(&mut out, &["`stage`", "staff read 工作人员看到", "", "the author reads 作者看到", ""]);
    for stage in Stage::ALL {
        let name = named(*stage);
        let author = Lang::ALL.iter().map(|lang| stage_for_author(*lang, *stage));
        row(&mut out, &[vec![format!("`{stage}`"), name.zh, name.en], author.collect()].concat());
    }
    out
}

pub(super) fn manuscripts() -> String {
    let mut out = String::new();
    head(&mut out, &["act 办理", "who 谁", "from 从", "to 到", "must carry 须写明", "must hold 条件", "undo 可撤销", "told 通知"]);
    for one in TRANSITIONS {
        let cells = [
            full(one.action),
            all(one.who, both),
            states(one.from),
            destination(one.to, one.action),
            all(one.needs, both),
            all(one.guards, both),
            if one.undoable { "✓".to_owned() } else { "–".to_owned() },
            told(one.notices),
        ];
        row(&mut out, &cells);
    }
    let merger = |stage: &Stage| format!("- {}: {}\n", both(stage), told(told_of_merger(*stage)).replace("<br>", ", "));
    let mergers: String = Stage::ALL.iter().filter(|stage| !told_of_merger(**stage).is_empty()).map(merger).collect();
    out + "\nBeside these, the desk where a manuscript arrives is told, unless the act has told it already. Whoever handles the target of a merger \
        reads what was merged, and is told; by the target's stage 并入正在呈送、办理的稿件时另行通知：\n\n"
        + &mergers
}

fn destination(to: TransitionTarget, action: Action) -> String {
    match to {
        TransitionTarget::Stays => "stays 不变".to_owned(),
        TransitionTarget::Stage(stage) => states(&[stage]),
        TransitionTarget::Desk => {
            "the desk that returned it, else its organisation's office where it wants that, else review 退回的那一环节；否则单位初审或审核"
                .to_owned()
        }
        TransitionTarget::Forwards => format!("{} from {}, else stays 其余不变", states(&[Stage::Forwarded]), states(&[Stage::Accepted])),
        TransitionTarget::Former if action == Action::Undo => "where it was 恢复原状".to_owned(),
        TransitionTarget::Former => format!(
            "{}; archived: where it was, and on to handling if that was concluded 已归档的恢复原阶段，原已办结的转为办理中",
            states(&[Stage::Handling])
        ),
    }
}

pub(super) fn assignments() -> String {
    let mut out = String::new();
    head(&mut out, &["`state`", "", ""]);
    for state in AssignmentState::ALL {
        row(&mut out, &[format!("`{state}`"), named(*state).zh, named(*state).en]);
    }
    out.push('\n');
    head(&mut out, &["act 办理", "who 谁", "part 单位", "from 从", "to 到", "told 通知"]);
    for one in ASSIGNMENT_TRANSITIONS {
        let part = match one.part {
            For::Either => "each 各单位",
            For::Lead => "lead 主办",
            For::Assisting => "assisting 协办",
        };
        let who = both(&one.who);
        let to = one.to.map_or_else(|| "stays 不变".to_owned(), |to| states(&[to]));
        row(&mut out, &[full(one.action), who, part.to_owned(), states(one.from), to, told(one.notices)]);
    }
    out
}

pub(super) fn bulletins() -> String {
    let mut out = String::new();
    head(&mut out, &["`state`", "", ""]);
    for state in BulletinState::ALL {
        row(&mut out, &[format!("`{state}`"), named(*state).zh, named(*state).en]);
    }
    out.push('\n');
    head(&mut out, &["act 办理", "who 谁", "from 从", "to 到", "told 通知"]);
    for one in BULLETIN_TRANSITIONS {
        let who = all::<Role>(one.who, both);
        let to = one.to.map_or_else(|| "gone 删除".to_owned(), |to| states(&[to]));
        row(&mut out, &[full(one.action), who, states(one.from), to, told(one.notices)]);
    }
    out
}

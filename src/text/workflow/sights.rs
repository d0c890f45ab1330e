//! "Who sees what", derived from the rule for a person of each role, at each stage of a manuscript that passes through all of them.

use uuid::Uuid;

use super::{head, named, row};
use crate::domain::ids::{ChannelId, GrantId, OrganizationId, UserId};
use crate::domain::permission::{Actor, Author, Grant, ManuscriptStanding, ReachedDesks, Visibility, sight};
use crate::domain::vocabulary::{Role, Stage};

const CHANNEL: ChannelId = ChannelId(Uuid::from_u128(1));
const ITS_OWN: OrganizationId = OrganizationId(Uuid::from_u128(2));
const ANOTHER: OrganizationId = OrganizationId(Uuid::from_u128(3));
const AUTHOR: UserId = UserId(Uuid::from_u128(4));
const PERSON: UserId = UserId(Uuid::from_u128(5));
const LEADER: UserId = UserId(Uuid::from_u128(6));

/// The stages of a manuscript that is screened, forwarded and assigned.
const WAY: [Stage; 9] = [
    Stage::Draft,
    Stage::Screening,
    Stage::Review,
    Stage::Signing,
    Stage::Accepted,
    Stage::Forwarded,
    Stage::Handling,
    Stage::Concluded,
    Stage::Archived,
];

pub(super) fn table() -> String {
    let mut out = "✓ reads title and text 看到标题和正文 · № ids, numbers and acts, no title and no text 只看到编号和办理记录 · – for this person there is no such manuscript 视同不存在\n\n".to_owned();
    let stages: Vec<_> = WAY.iter().map(|stage| format!("{} `{stage}`", named(*stage).zh)).collect();
    head(&mut out, &[vec!["who 谁", "relation 关系"], stages.iter().map(String::as_str).collect()].concat());
    for role in Role::ALL {
        for near in [true, false] {
            let Some(relation) = relation(*role, near) else { continue };
            let marks = (0..WAY.len()).map(|steps| mark(sight(&person(*role, near), &standing(steps))).to_owned());
            let name = named(*role);
            row(&mut out, &[vec![format!("{} {} `{role}`", name.zh, name.en), relation.to_owned()], marks.collect()].concat());
        }
    }
    out + "
Once seen, a manuscript stays in sight also after it was returned, declined, merged or withdrawn. Nothing is visible in another channel.
Authors never see opinions and notes; reviewers, signers and dispatchers do. An author who holds another role reads their own manuscript as
an author only, and a stand-in sees no more than the person whom they stand in for. 看到过的稿件，退回、未采用、并案、撤回后仍可看到；
其他直通车的稿件一律看不到；作者看不到内部意见；本人的稿件只能以作者身份查看。
"
}

/// The relation of a person of this role to the manuscript; `None` if it makes no difference.
fn relation(role: Role, near: bool) -> Option<&'static str> {
    Some(match (role, near) {
        (Role::Submitter, true) => "an author, invited ones included 作者（含受邀联名人）",
        (Role::Submitter, false) => "anybody else 其他人",
        (Role::Screener, true) => "of the author's organisation 作者单位",
        (Role::Screener, false) => "of another organisation 其他单位",
        (Role::Leader, true) => "who received it 收到呈送",
        (Role::Leader, false) => "another 未收到",
        (Role::Secretary, true) => "of such a leader 该领导的秘书",
        (Role::Secretary, false) => "of another leader 其他领导的秘书",
        (Role::Handler, true) => "of a department charged with it 承办部门",
        (Role::Handler, false) => "of another department 其他部门",
        (_, true) => "of the channel 本直通车",
        (_, false) => return None,
    })
}

fn person(role: Role, near: bool) -> Actor {
    let user = match role {
        Role::Submitter if near => AUTHOR,
        Role::Leader if near => LEADER,
        _ => PERSON,
    };
    let serves = (role == Role::Secretary).then_some(if near { LEADER } else { PERSON });
    let organization = if near { ITS_OWN } else { ANOTHER };
    Actor { user, channel: CHANNEL, grants: vec![Grant { id: GrantId(Uuid::from_u128(7)), role, organization, serves, for_user: None }] }
}

/// The manuscript after this number of stages.
fn standing(steps: usize) -> ManuscriptStanding {
    let gone = &WAY[..=steps];
    let reached = ReachedDesks {
        screening: gone.contains(&Stage::Screening),
        review: gone.contains(&Stage::Review),
        signing: gone.contains(&Stage::Signing),
        accepted: gone.contains(&Stage::Accepted),
    };
    ManuscriptStanding {
        channel: CHANNEL,
        organization: ITS_OWN,
        authors: vec![Author { user: AUTHOR, first: true, signed: true }],
        merged_authors: Vec::new(),
        prepared_by: Vec::new(),
        entered_by: None,
        reached,
        recipients: gone.contains(&Stage::Forwarded).then_some(LEADER).into_iter().collect(),
        charged: gone.contains(&Stage::Handling).then_some(ITS_OWN).into_iter().collect(),
        through: None,
    }
}

const fn mark(sight: Visibility) -> &'static str {
    if sight.reads() {
        "✓"
    } else if sight.trace {
        "№"
    } else {
        "–"
    }
}

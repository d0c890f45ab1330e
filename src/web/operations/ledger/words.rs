//! The entries of the ledger in words: the act, its object, and the capacity of the actor.

use crate::app::ledger::browsing::EntrySeen;
use crate::domain::assignment::AssignmentAction;
use crate::domain::bulletin::BulletinAction;
use crate::domain::clock::Moment;
use crate::domain::endorsement::EndorsementAction;
use crate::domain::vocabulary::{Action, Role};
use crate::text::has;
use crate::web::components::choice::Choice;
use crate::web::layout::Layout;

/// The acts on one kind of object, as choices.
pub(super) struct ActGroup {
    pub name: String,
    /// All acts of this kind.
    pub all: Choice,
    pub acts: Vec<Choice>,
}

/// The actor of an entry.
pub(super) struct EntryActor {
    pub id: String,
    pub name: String,
    /// The sign-in name and the organisation.
    pub further: String,
}

/// The part of an entry that its line shows.
pub(super) struct EntryLine {
    /// Its position, counted from 1; `None` while it is not sealed.
    pub place: Option<u64>,
    pub at: Moment,
    pub what: String,
    pub object: String,
    /// The search term for all entries on its object.
    pub about: String,
    pub role: String,
    /// The search term for the actor's entries, their name at the time, and their organisation.
    pub actor: Option<EntryActor>,
    pub leaf: String,
}

/// The acts on objects that have no table of transitions.
const OTHERS: [(&str, &[&str]); 16] = [
    (
        "user",
        &[
            "create",
            "join",
            "change",
            "grant",
            "revoke",
            "hand_over",
            "take_over",
            "suspend",
            "resume",
            "send_link",
            "print_link",
            "set_password",
            "reset_password",
            "change_password",
            "issue_token",
            "revoke_token",
            "sign_in",
            "sign_out",
        ],
    ),
    ("stand_in", &["name", "end"]),
    ("organization", &["create", "change"]),
    ("channel", &["create", "change", "adopted_as_found", "migrated"]),
    ("calendar", &["load"]),
    ("webhook", &["create", "change", "remove"]),
    ("letter", &["retry", "mail_failed"]),
    ("job", &["begin", "retry", "discard"]),
    ("reminder", &["remind"]),
    ("queue", &["unstaffed"]),
    ("checkpoint", &["mail_checkpoint"]),
    ("attachment", &["attach", "detach"]),
    ("ledger", &["resume"]),
    ("ledger_key", &["rotate_key", "replace_key"]),
    ("account", &["create", "change", "suspend", "resume", "set_password", "reset_password", "change_password"]),
    ("installation", &["add_channel", "renew_token_key", "change_mail"]),
];

/// Every act that can be searched for, by the kind of its object.
pub(super) fn groups(f: &Layout, chosen: &str) -> Vec<ActGroup> {
    let group = |kind: &str, acts: Vec<&str>| {
        let acts = acts.into_iter().map(|action| Choice::new(format!("{kind}.{action}"), act(f, kind, action), chosen)).collect();
        ActGroup { name: kind_words(f, kind), all: Choice::new(kind, f.t1("ledger-any-act", "kind", kind_words(f, kind)), chosen), acts }
    };
    let mut groups = vec![
        group("manuscript", Action::ALL.iter().map(|action| action.as_str()).collect()),
        group("assignment", AssignmentAction::ALL.iter().map(|action| action.as_str()).collect()),
        group("endorsement", EndorsementAction::ALL.iter().map(|action| action.as_str()).collect()),
        group("bulletin", BulletinAction::ALL.iter().map(|action| action.as_str()).collect()),
    ];
    groups.extend(OTHERS.iter().map(|(kind, acts)| group(kind, acts.to_vec())));
    groups
}

/// The name of an act; one without a text is shown by its identifier.
pub(super) fn act(f: &Layout, kind: &str, action: &str) -> String {
    let key = match kind {
        "bulletin" => format!("bulletin-action-{action}"),
        _ => format!("did-{kind}-{action}"),
    };
    if has(&key) { f.t(&key) } else { action.to_owned() }
}

fn kind_words(f: &Layout, kind: &str) -> String {
    let key = format!("ledger-kind-{kind}");
    if has(&key) { f.t(&key) } else { kind.to_owned() }
}

pub(super) fn line(f: &Layout, of: &EntrySeen) -> EntryLine {
    let entry = &of.entry;
    let kind = kind_words(f, &entry.object.kind);
    let named = match &of.number {
        Some(number) => format!("{kind} {number}"),
        None => format!("{kind} …{}", tail(&entry.object.id.to_string())),
    };
    let role = entry.role.as_deref().and_then(|role| role.parse::<Role>().ok());
    EntryLine {
        place: of.position.map(|position| position.saturating_add(1)),
        at: entry.at,
        what: act(f, &entry.object.kind, &entry.action),
        object: named,
        about: of.number.clone().unwrap_or_else(|| entry.chain.to_string()),
        role: role.map(|role| f.word(role)).unwrap_or_default(),
        actor: entry.actor.map(|id| match &of.actor {
            Some(then) => {
                EntryActor { id: id.to_string(), name: then.name.clone(), further: format!("{} · {}", then.login, then.organization) }
            }
            // The person was erased and has no name any more.
            None => EntryActor { id: id.to_string(), name: format!("…{}", tail(&id.to_string())), further: String::new() },
        }),
        leaf: of.leaf.chars().take(16).collect(),
    }
}

/// The end of an id, which differs where the beginning, a time, may be equal.
fn tail(id: &str) -> &str {
    id.rsplit('-').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_to_look_for_has_its_words() {
        let others = OTHERS.iter().flat_map(|(kind, acts)| acts.iter().map(move |act| format!("did-{kind}-{act}")));
        let kinds = ["manuscript", "assignment", "endorsement", "bulletin"].into_iter().chain(OTHERS.iter().map(|(kind, _)| *kind));
        let kinds = kinds.map(|kind| format!("ledger-kind-{kind}"));
        let silent: Vec<_> = others.chain(kinds).filter(|key| !has(key)).collect();
        assert!(silent.is_empty(), "without words: {silent:?}");
    }
}

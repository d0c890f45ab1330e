//! Who is written to, of which manuscript, and what is not written any more because its reason has gone.

use diesel::prelude::*;
use zhitongche::app::accounts::{By, roles};
use zhitongche::app::handling::board::{self, Charged};
use zhitongche::app::handling::forms::{NewItem, ReplyReview, ReplyVerdict};
use zhitongche::app::handling::{self, receiving, replying};
use zhitongche::app::review::{self, ReviewVerdict};
use zhitongche::app::{Tx, merging, preview};
use zhitongche::domain::assignment::AssignmentForm;
use zhitongche::domain::ids::{ManuscriptId, UserId};
use zhitongche::domain::notice::Letter;
use zhitongche::domain::outcome::EndorsementKind;
use zhitongche::domain::vocabulary::{Action, DeclineReason, Role};
use zhitongche::store::letters::{self, LetterRow};
use zhitongche::store::schema::letters as rows;

use super::world::{World, answer};
use crate::support::database::Engine;

crate::both_databases!(
    authors_of_a_merged_one_read_of_their_own,
    those_merged_into_a_declined_one_are_told_that_they_part,
    no_desk_is_told_of_what_its_own_wrote,
    a_call_to_work_that_is_done_has_no_reason,
    an_assisting_department_is_late_only_while_its_lead_waits,
);

impl World {
    /// What was written to a person, oldest first.
    fn written_to(&self, login: &str) -> Vec<LetterRow> {
        let user: UserId = self.person(login).user;
        let load = |tx: &mut Tx<'_>| Ok(rows::table.filter(rows::recipient_id.eq(user)).order(rows::id).load::<LetterRow>(tx.conn)?);
        self.desk.read_now(load).unwrap()
    }

    fn give(&self, login: &str, role: Role) {
        let user = self.person(login).user;
        self.desk.write_now("test", move |tx| roles::give(tx, By::Program, user, role.into())).unwrap();
    }

    /// The kinds of the letters to a person.
    fn told_to(&self, login: &str) -> Vec<Letter> {
        self.written_to(login).into_iter().map(|row| row.kind).collect()
    }
}

/// A manuscript of `author`, and one of `joint` that is merged into it.
fn merged(world: &World) -> (ManuscriptId, ManuscriptId) {
    let (target, merged) = (world.submitted("author", &["一。"]), world.submitted("joint", &["二。"]));
    world.act("reviewer", move |tx, actor| merging::merge(tx, actor, merged, 2, target)).unwrap();
    world.close_window();
    (target, merged)
}

async fn authors_of_a_merged_one_read_of_their_own(engine: Engine) {
    let world = World::new(engine);
    let (target, own) = merged(&world);
    world.forward(target);
    world.endorsed(target, EndorsementKind::Guidance, false, None);
    let seen = world.version(target);
    world.act("dispatcher", move |tx, actor| handling::conclude(tx, actor, target, seen, "已办理。")).unwrap();
    let told = [Letter::Accepted, Letter::Forwarded, Letter::Endorsed, Letter::Concluded];
    for (login, id, number) in [("author", target, "2026-0001"), ("joint", own, "2026-0002")] {
        let rows: Vec<LetterRow> = world.written_to(login).into_iter().filter(|row| told.contains(&row.kind)).collect();
        assert_eq!(rows.iter().map(|row| row.kind).collect::<Vec<_>>(), told, "{login}");
        for row in rows {
            assert_eq!(row.manuscript_id, Some(id), "{login}: the page of {} opens for him", row.kind);
            assert!(row.args.contains(&format!("\"number\":\"{number}\"")), "{login}: {}", row.args);
        }
    }
}

async fn those_merged_into_a_declined_one_are_told_that_they_part(engine: Engine) {
    let world = World::new(engine);
    let (target, _) = merged(&world);
    let told = world.read("reviewer", |tx, actor| preview::prospect(tx, actor, target, Action::Decline)).unwrap().told;
    let told: Vec<_> = told.into_iter().map(|one| (one.letter, one.names)).collect();
    let names = |letter, name: &str| (letter, vec![name.to_owned()]);
    let expected = [names(Letter::Declined, "author"), names(Letter::Unmerged, "joint"), names(Letter::ArrivedReview, "reviewer")];
    assert_eq!(told, expected, "said before");
    let verdict = ReviewVerdict::Decline { code: DeclineReason::Duplicate, reason: "已有同类办理。".into() };
    let seen = world.manuscript("reviewer", target).unwrap().version;
    let act = || world.act("reviewer", move |tx, actor| review::decide(tx, actor, target, seen, &verdict)).unwrap();
    let (_, told) = world.told(act);
    assert!(told.contains("reviewer: arrived_review"), "it waits at the desk again: {told:?}");
    let own = |login: &str| told.iter().filter(|one| one.starts_with(login)).cloned().collect::<Vec<_>>();
    assert_eq!((own("author"), own("joint")), (vec!["author: declined".to_owned()], vec!["joint: unmerged".to_owned()]));
}

async fn no_desk_is_told_of_what_its_own_wrote(engine: Engine) {
    let world = World::new(engine);
    for role in [Role::Reviewer, Role::Signer, Role::Dispatcher, Role::Leader] {
        world.give("author", role);
    }
    let id = world.forwarded(&["一。"]);
    world.endorsed(id, EndorsementKind::Instruction, false, None);
    let one = world.single(id, "housing");
    world.act("housing", move |tx, actor| receiving::receive(tx, actor, one, 1)).unwrap();
    let own = [Letter::Submitted, Letter::Accepted, Letter::Forwarded, Letter::Endorsed, Letter::HandlingBegan];
    assert_eq!(world.told_to("author"), own, "what every author reads, and nothing of the desks");
    assert!(world.told_to("dispatcher").contains(&Letter::AssignmentReceived));
}

async fn a_call_to_work_that_is_done_has_no_reason(engine: Engine) {
    let world = World::new(engine);
    let id = world.submitted("author", &["一。"]);
    let still = |login: &str, kind: Letter| {
        let row = world.written_to(login).into_iter().rev().find(|row| row.kind == kind).unwrap();
        world.by_hand(move |conn| letters::still_calls(conn, &row))
    };
    assert!(still("reviewer", Letter::ArrivedReview));
    world.forward(id);
    assert!(!still("reviewer", Letter::ArrivedReview), "it was reviewed");
    assert!(!still("signer", Letter::ArrivedSigning), "it was signed before the letter left");
    assert!(still("author", Letter::Accepted), "what authors are told stays true");
    let one = world.single(id, "housing");
    assert!(still("housing", Letter::Assigned));
    world.act("dispatcher", move |tx, actor| receiving::cancel(tx, actor, one, 1, "不再需要。")).unwrap();
    assert!(!still("housing", Letter::Assigned), "nobody is called to what was taken back");
}

async fn an_assisting_department_is_late_only_while_its_lead_waits(engine: Engine) {
    let world = World::new(engine);
    let id = world.forwarded(&["一。", "二。"]);
    let [lead, assisting] = world.assign(id, world.form(AssignmentForm::Joint, &["housing", "schools"]))[..] else { panic!("two") };
    world.clock.advance(chrono::Duration::days(150));
    let late = || {
        let found: Vec<Charged> = world.read("dispatcher", board::board).unwrap().late;
        found.into_iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let mut both = late();
    both.sort_unstable();
    let mut expected = vec![lead, assisting];
    expected.sort_unstable();
    assert_eq!(both, expected);
    world.act("housing", move |tx, actor| receiving::receive(tx, actor, lead, 1)).unwrap();
    let mut reply = answer(&[1]);
    reply.items.push(NewItem { number: 2, ..answer(&[1]).items.remove(0) });
    world.act("housing", move |tx, actor| replying::reply(tx, actor, lead, 2, &reply)).unwrap();
    assert_eq!(late(), [assisting], "the lead may still want its opinion, should the answer be sent back");
    let approve = ReplyReview { decision: ReplyVerdict::Approve, reason: String::new(), due_on: None };
    world.act("dispatcher", move |tx, actor| replying::review(tx, actor, lead, 3, &approve)).unwrap();
    assert_eq!(late(), [], "nobody waits for it any more");
}

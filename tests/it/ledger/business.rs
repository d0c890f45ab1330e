//! The entries of real acts, held against the tables that an administrator of the database may change behind their back.

use std::sync::Arc;

use chrono::Duration;
use zhitongche::app::accounts::people::NewPerson;
use zhitongche::app::accounts::roles::RoleView;
use zhitongche::app::accounts::{By, organizations, people, roles};
use zhitongche::app::attachments::{self, Subject};
use zhitongche::app::intake::{drafts, submission};
use zhitongche::app::review::{self, ReviewVerdict};
use zhitongche::app::{App, Tx, undo};
use zhitongche::documents::vault::Vault;
use zhitongche::domain::calendar::Calendar;
use zhitongche::domain::ids::{ChannelId, ManuscriptId, OrganizationId};
use zhitongche::domain::manuscript::{Declarations, DraftForm};
use zhitongche::domain::permission::{Actor, Grant};
use zhitongche::domain::vocabulary::{Classification, OrganizationKind, Role};

use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(
    acts_agree_with_their_tables,
    changed_rows_are_found,
    rows_put_in_or_taken_away_by_hand_are_found,
    files_changed_swapped_or_hidden_are_found
);

/// A desk with an author and a reviewer.
struct Office {
    world: World,
    desk: App,
    author: Actor,
    reviewer: Actor,
}

impl Office {
    fn new(engine: Engine) -> Self {
        let world = World::new(engine);
        let desk = App::new(world.db.clone(), world.clock.clone(), Arc::clone(&world.settings), Calendar::shipped().unwrap());
        let channel = world.channel;
        let found = move |tx: &mut Tx<'_>| organizations::add(tx, By::Program, channel, "民建清河县委", OrganizationKind::Party, false);
        let organization = desk.write_now("test", found).unwrap();
        let author = person(&desk, channel, organization, "chen", Role::Submitter);
        let reviewer = person(&desk, channel, organization, "wang", Role::Reviewer);
        Self { world, desk, author, reviewer }
    }

    /// A complete form.
    fn form() -> DraftForm {
        DraftForm {
            title: "关于增设夜间公交线路的建议".into(),
            category: "社会建设".into(),
            situation: "工业园区夜班职工下班后没有公交车。".into(),
            suggestions: vec!["在二十二时后增开一班。".into()],
            declarations: Some(Declarations {
                submitted_elsewhere: None,
                may_publish: true,
                may_quote_name: false,
                classification: Classification::None,
            }),
            ..DraftForm::default()
        }
    }

    /// A manuscript that was handed in.
    fn submitted(&self) -> ManuscriptId {
        self.world.clock.advance(Duration::minutes(1));
        let (actor, new) = (self.author.clone(), drafts::NewDraft { form: Self::form(), ..drafts::NewDraft::default() });
        self.desk.write_now("test", move |tx| submission::create_and_submit(tx, &actor, &new)).unwrap().0
    }

    /// A manuscript that was handed in with two files; their hashes.
    fn submitted_with_files(&self) -> (ManuscriptId, [[u8; 32]; 2]) {
        let vault = Vault::new(self.world.settings.attachments_dir());
        let files = ["%PDF-1.7 one", "%PDF-1.7 two"].map(|content| {
            let mut incoming = vault.begin(1000).unwrap();
            incoming.write(content.as_bytes()).unwrap();
            incoming.keep("map.pdf").unwrap()
        });
        let (actor, new) = (self.author.clone(), drafts::NewDraft { form: Self::form(), ..drafts::NewDraft::default() });
        let hashes = files.clone().map(|kept| kept.sha256);
        let id = self.desk.write_now("test", move |tx| {
            let id = drafts::create(tx, &actor, &new)?;
            for kept in &files {
                attachments::attach(tx, &actor, id, Subject::Manuscript, "map.pdf", kept)?;
            }
            submission::submit(tx, &actor, id, 1)?;
            Ok(id)
        });
        (id.unwrap(), hashes)
    }

    fn review(&self, id: ManuscriptId, seen: i64, verdict: ReviewVerdict) {
        self.world.clock.advance(Duration::minutes(1));
        let actor = self.reviewer.clone();
        self.desk.write_now("test", move |tx| review::decide(tx, &actor, id, seen, &verdict)).unwrap();
    }

    fn tamper(&self, statement: &str, id: ManuscriptId) {
        self.world.tamper(&statement.replace("{id}", &self.world.uuid(id.0)));
    }
}

/// Somebody with an account, made as the command line does.
pub(super) fn person(desk: &App, channel: ChannelId, organization: OrganizationId, login: &str, role: Role) -> Actor {
    let new = NewPerson {
        login: login.to_owned(),
        name: login.to_owned(),
        email: format!("{login}@example.org"),
        password_hash: Some("no password fits".to_owned()),
        roles: vec![role.into()],
        ..NewPerson::default()
    };
    let hire = move |tx: &mut Tx<'_>| {
        let user = people::add(tx, By::Program, organization, channel, new)?;
        Ok((user, roles::held(tx, user)?))
    };
    let (user, held) = desk.write_now("test", hire).unwrap();
    let grant = |one: &RoleView| Grant { id: one.id, role: one.role, organization, serves: None, for_user: None };
    Actor { user, channel, grants: held.iter().map(grant).collect() }
}

#[track_caller]
fn assert_found(office: &Office, expected: &[String]) {
    assert_eq!(office.world.verify(&[]), expected);
}

async fn acts_agree_with_their_tables(engine: Engine) {
    let office = Office::new(engine);
    let (kept, undone) = (office.submitted(), office.submitted());
    office.review(kept, 2, ReviewVerdict::Recommend { opinion: "选题好。".into() });
    office.review(undone, 2, ReviewVerdict::Recommend { opinion: "可用。".into() });
    let actor = office.reviewer.clone();
    office.desk.write_now("test", move |tx| undo::undo(tx, &actor, undone, 3)).unwrap();
    office.world.checkpoint().await;
    assert_found(&office, &[]);
}

async fn changed_rows_are_found(engine: Engine) {
    let office = Office::new(engine);
    let id = office.submitted();
    office.review(id, 2, ReviewVerdict::Recommend { opinion: "选题好。".into() });
    office.world.checkpoint().await;
    assert_found(&office, &[]);
    let place = {
        let channel = office.world.channel;
        let entries = office.world.db.read_now(|conn| zhitongche::store::ledger::reading::history(conn, channel, id.0)).unwrap();
        let last = entries.last().unwrap();
        // Before the manuscript, the organisation and two people were entered.
        format!("entry {} at position {} of {}", last.id, entries.len() + 2, last.at)
    };
    let says = |what, said, kept| vec![format!("{place} says that manuscript {id} has {what} {said}, but its table says {kept}")];
    office.tamper("UPDATE manuscripts SET stage = 'review' WHERE id = {id}", id);
    assert_found(&office, &says("stage", "signing", "review"));
    office.tamper("UPDATE manuscripts SET stage = 'signing', version = version + 1 WHERE id = {id}", id);
    assert_found(&office, &says("version", "3", "4"));
    office.tamper("UPDATE manuscripts SET version = 3, category = '经济建设' WHERE id = {id}", id);
    assert_found(&office, &[format!("{place} wrote manuscripts.form:{id}, which was changed since")]);
    office.tamper("UPDATE manuscripts SET category = '社会建设' WHERE id = {id}", id);
    office.tamper("UPDATE decisions SET words = '选题不好。' WHERE manuscript_id = {id}", id);
    let found = office.world.verify(&[]);
    assert!(found.len() == 1 && found[0].contains("wrote decisions:"), "{found:?}");
    office.tamper("UPDATE decisions SET words = '选题好。' WHERE manuscript_id = {id}", id);
    assert_found(&office, &[]);
    office.tamper("UPDATE texts SET situation = '没有问题。' WHERE manuscript_id = {id}", id);
    let found = office.world.verify(&[]);
    assert!(found.len() == 1 && found[0].contains("wrote texts:") && found[0].contains("was changed"), "{found:?}");
}

async fn rows_put_in_or_taken_away_by_hand_are_found(engine: Engine) {
    let office = Office::new(engine);
    let (first, second) = (office.submitted(), office.submitted());
    office.review(first, 2, ReviewVerdict::Recommend { opinion: "选题好。".into() });
    office.world.checkpoint().await;
    office.tamper("UPDATE decisions SET manuscript_id = {id}", second);
    let found = office.world.verify(&[]);
    assert!(found.len() == 1 && found[0].contains("wrote decisions:"), "{found:?}");
    office.tamper("UPDATE decisions SET manuscript_id = {id}", first);
    office.tamper(
        "DELETE FROM letters; DELETE FROM authors WHERE manuscript_id = {id}; DELETE FROM texts WHERE manuscript_id = {id}; \
         DELETE FROM manuscripts WHERE id = {id};",
        second,
    );
    let found = office.world.verify(&[]);
    for row in [format!("manuscripts:{second}"), format!("authors:{second}/"), "texts:".to_owned(), "letters:".to_owned()] {
        assert!(found.iter().any(|one| one.contains(&row) && one.ends_with("gone from its table")), "{row}: {found:?}");
    }
    // Made a draft again, it would be out of the office's sight; the earlier finding stays the first.
    office.tamper(
        "UPDATE manuscripts SET stage = 'draft', number = NULL, submitted_at = NULL, review_at = NULL, signing_at = NULL WHERE id = {id}",
        first,
    );
    let found = office.world.verify(&[]);
    assert!(found.iter().any(|one| one.contains("has stage signing, but its table says draft")), "{found:?}");
}

async fn files_changed_swapped_or_hidden_are_found(engine: Engine) {
    let office = Office::new(engine);
    let (id, [one, two]) = office.submitted_with_files();
    office.world.checkpoint().await;
    assert_found(&office, &[]);
    let path = office.world.settings.attachments_dir().join(hex::encode(one));
    std::fs::write(&path, "%PDF-1.7 three").unwrap();
    let found = office.world.verify(&[]);
    let damaged = format!("{} is missing or was changed", hex::encode(one));
    assert!(found.len() == 1 && found[0].starts_with("the file of attachment ") && found[0].ends_with(&damaged), "{found:?}");
    std::fs::write(&path, "%PDF-1.7 one").unwrap();
    assert_found(&office, &[]);

    let [first, second] = [one, two].map(|hash| office.world.blob(&hash));
    let swap = format!("UPDATE attachments SET sha256 = CASE WHEN sha256 = {first} THEN {second} ELSE {first} END");
    office.tamper(&swap, id);
    let found = office.world.verify(&[]);
    assert!(found.len() == 2 && found.iter().all(|one| one.contains("wrote attachments:") && one.contains("was changed")), "{found:?}");
    office.tamper(&swap, id);
    office.tamper(&format!("UPDATE attachments SET removed_at = created_at WHERE sha256 = {first}"), id);
    let found = office.world.verify(&[]);
    assert!(found.len() == 1 && found[0].contains("wrote attachments.removal:"), "{found:?}");
    office.tamper("UPDATE attachments SET removed_at = NULL", id);
    assert_found(&office, &[]);
}

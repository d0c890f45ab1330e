//! What auditors read, and that nobody else does.

use std::sync::Arc;

use serde_json::{Value, json};
use zhitongche::app::ledger::reading::{LedgerOf, checkpoint, consistency, entries};
use zhitongche::app::{App, AppError, calendars};
use zhitongche::domain::calendar::{Calendar, YearFile};
use zhitongche::domain::ledger::{Checkpoint, hash_from_hex, leaf_hash, verify_consistency};
use zhitongche::domain::permission::{Actor, Grant};
use zhitongche::domain::refusal::Refusal;
use zhitongche::domain::vocabulary::Role;

use super::world::World;
use crate::support::cast::Cast;
use crate::support::database::Engine;

crate::both_databases!(
    an_auditor_can_check_everything_himself,
    others_are_told_which_role_it_takes,
    the_ledger_of_the_installation_is_read_like_that_of_a_channel
);

fn actor(world: &World, role: Role) -> Actor {
    let grant = Grant { id: world.clock.id(), role, organization: world.clock.id(), serves: None, for_user: None };
    Actor { user: world.clock.id(), channel: world.channel, grants: vec![grant] }
}

fn desk(world: &World) -> App {
    App::new(world.db.clone(), world.clock.clone(), Arc::clone(&world.settings), Calendar::shipped().unwrap())
}

async fn an_auditor_can_check_everything_himself(engine: Engine) {
    let world = World::new(engine);
    let (desk, auditor) = (desk(&world), actor(&world, Role::Auditor));
    assert!(matches!(desk.read_now(|tx| checkpoint(tx, &auditor, LedgerOf::Channel)), Err(AppError::NotFound)));
    world.append(30);
    world.checkpoint().await;
    let old = desk.read_now(|tx| checkpoint(tx, &auditor, LedgerOf::Channel)).unwrap();
    let all = world.append(15);
    world.checkpoint().await;
    let new = desk.read_now(|tx| checkpoint(tx, &auditor, LedgerOf::Channel)).unwrap();
    let verifier = new.verifier.as_ref().unwrap().parse().unwrap();
    for view in [&old, &new] {
        let opened = Checkpoint::open(&view.note, &verifier).unwrap();
        assert_eq!((opened.size, hex::encode(opened.root)), (view.size, view.root.clone()));
    }
    let proof = desk.read_now(|tx| consistency(tx, &auditor, LedgerOf::Channel, 30, None)).unwrap();
    assert_eq!((proof.to, &proof.from_root, &proof.to_root), (45, &old.root, &new.root));
    let hashes: Vec<_> = proof.proof.iter().map(|hash| hash_from_hex(hash).unwrap()).collect();
    let [from, to] = [&old.root, &new.root].map(|root| hash_from_hex(root).unwrap());
    assert_eq!(verify_consistency(30, 45, &hashes, &from, &to), Ok(()));
    assert!(matches!(desk.read_now(|tx| consistency(tx, &auditor, LedgerOf::Channel, 30, Some(46))), Err(AppError::Invalid(_))));
    assert!(matches!(desk.read_now(|tx| consistency(tx, &auditor, LedgerOf::Channel, 31, Some(30))), Err(AppError::Invalid(_))));

    let (mut before, mut positions) = (None, Vec::new());
    loop {
        let page = desk.read_now(|tx| entries(tx, &auditor, LedgerOf::Channel, before, 20)).unwrap();
        assert!(page.iter().all(|one| hex::encode(leaf_hash(one.entry.as_bytes())) == one.leaf));
        let Some(last) = page.last() else { break };
        if before.is_none() {
            assert_eq!(page[0].id, all[14].id);
        }
        before = Some(last.position);
        positions.extend(page.iter().map(|one| one.position));
    }
    assert_eq!(positions, (0..45).rev().collect::<Vec<u64>>());
}

async fn others_are_told_which_role_it_takes(engine: Engine) {
    let world = World::new(engine);
    let desk = desk(&world);
    world.append(1);
    world.checkpoint().await;
    for role in Role::ALL.iter().copied().filter(|role| *role != Role::Auditor) {
        let other = actor(&world, role);
        let refused = [
            desk.read_now(|tx| checkpoint(tx, &other, LedgerOf::Channel)).unwrap_err(),
            desk.read_now(|tx| entries(tx, &other, LedgerOf::Channel, None, 10)).unwrap_err(),
            desk.read_now(|tx| consistency(tx, &other, LedgerOf::Channel, 0, None)).unwrap_err(),
        ];
        for refusal in refused {
            assert!(matches!(refusal, AppError::Refused(Refusal::WrongRole { needed }) if needed == vec![Role::Auditor]));
        }
    }
}

async fn the_ledger_of_the_installation_is_read_like_that_of_a_channel(engine: Engine) {
    let cast = Cast::new(engine).await;
    let year = YearFile::shipped().unwrap().pop().unwrap();
    cast.desk().write("command line", move |tx| calendars::load_for_all(tx, &year)).await.unwrap();
    cast.seal().await;
    let read = async |what: &str| cast.get("auditor", &format!("/ledger/{what}")).await;
    let actions = |page: &Value| -> Vec<String> {
        let entry = |one: &Value| serde_json::from_str::<Value>(one["entry"].as_str().unwrap()).unwrap();
        page["items"].as_array().unwrap().iter().map(|one| entry(one)["action"].as_str().unwrap().to_owned()).collect()
    };
    let installation = read("entries?of=installation").await.body;
    assert_eq!(actions(&installation)[0], "load", "the newest is first: {installation}");
    let own = read("entries").await.body;
    assert!(!actions(&own).contains(&"load".to_owned()));
    assert_eq!(read("entries?of=channel").await.body, own, "that of the channel, where nothing is said");
    let size = installation["items"].as_array().unwrap().len();
    let proof = read("consistency?of=installation&from=0").await.body;
    assert_eq!(proof["to"], json!(size), "{proof}");
    let signed = read("checkpoint?of=installation").await.body;
    assert_eq!((&signed["size"], &signed["root"]), (&json!(size), &proof["to_root"]), "{signed}");
    let wrong = read("checkpoint?of=all").await;
    assert_eq!((wrong.status.as_u16(), &wrong.body["errors"][0]["field"]), (422, &json!("of")), "{}", wrong.body);
    for login in ["admin", "author"] {
        assert_eq!(cast.get(login, "/ledger/entries?of=installation").await.status, 403, "{login}");
    }
}

//! What auditors read, and that nobody else does.

use std::sync::Arc;

use zhitongche::desk::proof::reading::{checkpoint, consistency, entries};
use zhitongche::desk::{Desk, DeskError};
use zhitongche::domain::calendar::Calendar;
use zhitongche::domain::ledger::{Checkpoint, hash_from_hex, leaf_hash, verify_consistency};
use zhitongche::domain::permission::{Actor, Grant};
use zhitongche::domain::refusal::Refusal;
use zhitongche::domain::words::Role;

use super::world::World;
use crate::support::database::Engine;

crate::both_databases!(an_auditor_can_check_everything_himself, others_are_told_which_role_it_takes);

fn actor(world: &World, role: Role) -> Actor {
    let grant = Grant { id: world.clock.id(), role, organization: world.clock.id(), serves: None, for_user: None };
    Actor { user: world.clock.id(), channel: world.channel, grants: vec![grant] }
}

fn desk(world: &World) -> Desk {
    Desk::new(world.db.clone(), world.clock.clone(), Arc::clone(&world.settings), Calendar::shipped().unwrap())
}

async fn an_auditor_can_check_everything_himself(engine: Engine) {
    let world = World::new(engine);
    let (desk, auditor) = (desk(&world), actor(&world, Role::Auditor));
    assert!(matches!(desk.read_now(|tx| checkpoint(tx, &auditor)), Err(DeskError::NotFound)));
    world.append(30);
    world.checkpoint().await;
    let old = desk.read_now(|tx| checkpoint(tx, &auditor)).unwrap();
    let all = world.append(15);
    world.checkpoint().await;
    let new = desk.read_now(|tx| checkpoint(tx, &auditor)).unwrap();
    let verifier = new.verifier.as_ref().unwrap().parse().unwrap();
    for view in [&old, &new] {
        let opened = Checkpoint::open(&view.note, &verifier).unwrap();
        assert_eq!((opened.size, hex::encode(opened.root)), (view.size, view.root.clone()));
    }
    let proof = desk.read_now(|tx| consistency(tx, &auditor, 30, None)).unwrap();
    assert_eq!((proof.to, &proof.from_root, &proof.to_root), (45, &old.root, &new.root));
    let hashes: Vec<_> = proof.proof.iter().map(|hash| hash_from_hex(hash).unwrap()).collect();
    let [from, to] = [&old.root, &new.root].map(|root| hash_from_hex(root).unwrap());
    assert_eq!(verify_consistency(30, 45, &hashes, &from, &to), Ok(()));
    assert!(matches!(desk.read_now(|tx| consistency(tx, &auditor, 30, Some(46))), Err(DeskError::Invalid(_))));
    assert!(matches!(desk.read_now(|tx| consistency(tx, &auditor, 31, Some(30))), Err(DeskError::Invalid(_))));

    let (mut before, mut positions) = (None, Vec::new());
    loop {
        let page = desk.read_now(|tx| entries(tx, &auditor, before, 20)).unwrap();
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
            desk.read_now(|tx| checkpoint(tx, &other)).unwrap_err(),
            desk.read_now(|tx| entries(tx, &other, None, 10)).unwrap_err(),
            desk.read_now(|tx| consistency(tx, &other, 0, None)).unwrap_err(),
        ];
        for refusal in refused {
            assert!(matches!(refusal, DeskError::Refused(Refusal::WrongRole { needed }) if needed == vec![Role::Auditor]));
        }
    }
}

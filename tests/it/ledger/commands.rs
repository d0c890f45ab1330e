//! `zhitongche ledger` from outside, and the second verifier, which shares nothing with the program.

use std::process::Command;

use super::world::World;
use crate::support::database::Engine;
use crate::support::program::{Program, Ran};

crate::both_databases!(an_auditor_verifies_keeps_an_anchor_and_finds_what_was_done, another_verifier_agrees);

/// The program on the world's database.
pub(super) fn program(world: &World) -> Program<'_> {
    Program::new(world.database.dir.path())
        .with("DATABASE__URL", &world.database.url)
        .with("SERVER__DATA_DIR", world.database.dir.path().display().to_string())
        .with("LEDGER__ORIGIN", "qinghe.example")
}

/// The second verifier: Python with its standard library alone.
pub(super) fn second_verifier(world: &World, arguments: &[&str]) -> Ran {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verify_ledger.py");
    let output = Command::new("python3").arg(script).args(arguments).current_dir(world.database.dir.path()).output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        says: String::from_utf8(output.stdout).unwrap(),
        complains: String::from_utf8(output.stderr).unwrap(),
    }
}

async fn an_auditor_verifies_keeps_an_anchor_and_finds_what_was_done(engine: Engine) {
    let world = World::new(engine);
    let all = world.append(30);
    let program = program(&world);
    let early = program.run(&["ledger", "verify"]);
    assert_eq!(early.code, 1);
    assert!(early.complains.contains("say `zhitongche ledger checkpoint` once"), "{}", early.complains);

    let checkpoint = program.run(&["ledger", "checkpoint"]);
    assert_eq!(checkpoint.code, 0);
    assert!(checkpoint.complains.contains("made the ledger's signing key; keep a copy"), "{}", checkpoint.complains);
    assert!(checkpoint.says.starts_with(&format!("qinghe.example/{}\n30\n", world.channel)), "{}", checkpoint.says);
    std::fs::write(world.database.dir.path().join("anchor.txt"), &checkpoint.says).unwrap();
    let key = program.run(&["ledger", "key"]).says;
    assert_eq!(key.trim(), world.verifier().to_string());

    let good = program.run(&["ledger", "verify", "--anchor", "anchor.txt", "--key", key.trim()]);
    assert_eq!((good.code, good.complains.as_str()), (0, ""));
    assert!(good.says.starts_with("qinghe: good. 30 entries, 0 not yet sealed, 3 checkpoints and anchors\n  root "), "{}", good.says);

    let id = all[21].id;
    world.tamper(&format!("DELETE FROM ledger_entries WHERE id = {}", world.uuid(id.0)));
    let bad = program.run(&["ledger", "verify", "--json"]);
    assert_eq!(bad.code, 1);
    assert!(bad.complains.contains("the ledger does not hold: 1 findings"), "{}", bad.complains);
    let lines: serde_json::Value = serde_json::from_str(&bad.says).unwrap();
    let first = lines[0]["findings"][0].as_str().unwrap();
    assert!(first.starts_with("position 21 is missing"), "{first}");
}

async fn another_verifier_agrees(engine: Engine) {
    let world = World::new(engine);
    let all = world.append(300);
    world.checkpoint().await;
    let root = program(&world).run(&["ledger", "verify", "--json"]).says;
    let root: serde_json::Value = serde_json::from_str(&root).unwrap();
    let export = || assert_eq!(program(&world).run(&["ledger", "export", "--to", "ledger.jsonl"]).code, 0);
    export();
    let good = second_verifier(&world, &["ledger.jsonl"]);
    let expected = format!("channel {}: 300 entries, 1 checkpoints, root {}\n", world.channel, root[0]["root"].as_str().unwrap());
    assert!(good.code == 0 && good.says.starts_with(&expected), "{}", good.says);

    let anchor = program(&world).run(&["ledger", "checkpoint", "--channel", "qinghe"]).says;
    std::fs::write(world.database.dir.path().join("anchor.txt"), anchor.trim_end_matches('\n').to_owned() + "\n").unwrap();
    world.tamper("DELETE FROM ledger_checkpoints; DELETE FROM ledger_positions WHERE position >= 290;");
    export();
    assert_eq!(second_verifier(&world, &["ledger.jsonl"]).code, 0, "without an anchor a cut end looks well");
    let cut = second_verifier(&world, &["ledger.jsonl", "--anchor", "anchor.txt"]);
    assert_eq!(cut.code, 1);
    assert!(cut.says.contains("the anchor knows 300 entries, here are 290"), "{}", cut.says);

    let text = std::fs::read_to_string(world.database.dir.path().join("ledger.jsonl")).unwrap();
    std::fs::write(world.database.dir.path().join("ledger.jsonl"), text.replacen("edit", "sign", 1)).unwrap();
    let edited = second_verifier(&world, &["ledger.jsonl"]);
    assert!(edited.code == 1 && edited.says.contains(&format!("entry {} at position 0", all[0].id)), "{}", edited.says);
}

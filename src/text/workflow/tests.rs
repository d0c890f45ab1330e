//! The files in `docs/` match the tables.

use super::{COMMAND, arrows, files};
use crate::domain::vocabulary::Stage;

#[test]
fn the_files_in_docs_are_those_that_the_tables_give() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for (name, text) in files() {
        let kept = std::fs::read_to_string(docs.join(name)).unwrap_or_default();
        assert!(kept == text, "docs/{name} is stale: the tables have changed. Run `{COMMAND}`, look at the difference, and commit it.");
    }
}

#[test]
fn every_stage_is_drawn_with_a_way_in_and_all_but_the_archive_with_a_way_out() {
    let (arrows, [(_, page), (_, picture)]) = (arrows::of_manuscripts(), files());
    for stage in Stage::ALL {
        assert!(*stage == Stage::Draft || arrows.iter().any(|(_, _, to)| to == stage), "{stage} is never reached");
        assert!(arrows.iter().any(|(_, from, _)| from == stage), "{stage} is never left");
        assert!(page.contains(&format!("`{stage}`")) && picture.contains(&format!(">{stage}<")), "{stage}");
    }
}

#[test]
fn the_arrows_are_those_of_the_table() {
    let arrows: Vec<_> = arrows::of_manuscripts().into_iter().map(|(act, from, to)| format!("{} {from} {to}", act.written)).collect();
    for expected in [
        "submit draft screening",
        "submit draft review",
        "submit returned review",
        "issue accepted forwarded",
        "recall forwarded accepted",
        "reopen archived handling",
        "unmerge merged review",
    ] {
        assert!(arrows.iter().any(|arrow| arrow == expected), "{expected}");
    }
    assert!(!arrows.iter().any(|arrow| arrow.starts_with("undo") || arrow.starts_with("save")));
}

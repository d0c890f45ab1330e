//! Tests which text goes out, over every order in which originals and edited texts can be written.

use proptest::prelude::*;
use uuid::Uuid;

use crate::domain::ids::TextId;
use crate::domain::manuscript::{Text, TextLimits};
use crate::domain::outgoing::{EditedTextState, TextVersion, merge, outgoing};
use crate::domain::vocabulary::{Part, TextKind};

fn id(n: usize) -> TextId {
    TextId(Uuid::from_u128(n as u128))
}

/// A step on the texts of one manuscript.
#[derive(Debug, Clone, Copy)]
enum TextStep {
    /// The author begins a correction, with this text.
    Correct(u8),
    /// The author submits it.
    HandIn,
    /// The office writes an edited text.
    Edit,
    /// The office drops it.
    Drop,
}

fn step() -> impl Strategy<Value = TextStep> {
    prop_oneof![
        3 => (0..4_u8).prop_map(TextStep::Correct),
        3 => Just(TextStep::HandIn),
        2 => Just(TextStep::Edit),
        1 => Just(TextStep::Drop),
    ]
}

fn version(n: usize, kind: TextKind, round: usize, based_on: Option<TextId>, word: Option<u8>) -> TextVersion {
    TextVersion { id: id(n), kind, round: i64::try_from(round).unwrap(), based_on, digest: word.map(|word| vec![word]) }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The model stores only the texts: the last submission of the author, and the text on which the office's edited text is based.
    #[test]
    fn what_goes_out_was_made_from_what_the_author_handed_in_last(steps in prop::collection::vec(step(), 0..40)) {
        let (mut versions, mut edited, mut writing) = (vec![version(0, TextKind::Original, 1, None, Some(0))], None, None);
        let (mut handed_in, mut made_from): (u8, Option<u8>) = (0, None);
        for step in steps {
            let (n, newest) = (versions.len(), versions.iter().rfind(|one| one.kind == TextKind::Original && one.digest.is_some()).unwrap().id);
            let rounds = |kind: TextKind| versions.iter().filter(|one| one.kind == kind).count() + 1;
            match step {
                TextStep::Correct(word) => writing = Some(word),
                TextStep::HandIn => if let Some(word) = writing.take() {
                    let round = rounds(TextKind::Original);
                    versions.push(version(n, TextKind::Original, round, None, Some(word)));
                    handed_in = word;
                },
                TextStep::Edit => {
                    let round = rounds(TextKind::Edited);
                    versions.push(version(n, TextKind::Edited, round, Some(newest), Some(100)));
                    (edited, made_from) = (Some(id(n)), Some(handed_in));
                }
                TextStep::Drop => (edited, made_from) = (None, None),
            }
            let mut all = versions.clone();
            if writing.is_some() {
                all.push(version(1_000, TextKind::Original, 1_000, None, None));
            }
            let found = outgoing(&all, edited, false).unwrap();
            let expected = match made_from {
                None => EditedTextState::None,
                Some(word) if word == handed_in => EditedTextState::Current,
                Some(_) => EditedTextState::Outdated,
            };
            prop_assert_eq!(found.edited(), expected);
            let text = all.iter().find(|one| one.id == found.text).unwrap();
            let words = if expected == EditedTextState::Current { 100 } else { handed_in };
            prop_assert_eq!(text.digest.as_deref(), Some(&[words][..]), "never what is still being written");
            let signed = outgoing(&all, edited, true).unwrap();
            prop_assert_eq!(Some(signed.text), edited.or(Some(found.text)), "what was signed stays");
        }
    }
}

#[test]
fn nothing_goes_out_before_anything_was_handed_in() {
    assert_eq!(outgoing(&[version(0, TextKind::Original, 1, None, None)], None, false), None);
}

fn text(situation: &str, causes: &str, suggestions: &[&str]) -> Text {
    let suggestions: Vec<String> = suggestions.iter().map(|one| (*one).to_owned()).collect();
    Text::parse("题目", situation, causes, &suggestions, &TextLimits::default()).unwrap()
}

#[test]
fn each_part_is_taken_from_the_side_that_changed_it() {
    let base = text("门前停满车辆。", "没有停车场。", &["建停车场。", "错时放学。"]);
    let edited = text("校门前停满车辆。", "没有停车场。", &["建停车场。", "实行错时放学。"]);
    let original = text("门前停满车辆。", "没有公共停车场。", &["建临时停车场。", "错时放学。"]);
    let together = text("校门前停满车辆。", "没有公共停车场。", &["建临时停车场。", "实行错时放学。"]);
    assert_eq!(merge(&base, &edited, &original), (together, vec![]));
    let both = text("校门前停满车辆。", "没有停车场。", &["建停车场。", "错时放学。", "设单行线。"]);
    let (merged, conflicts) = merge(&base, &edited, &both);
    assert_eq!((merged.situation, merged.suggestions), (both.situation, edited.suggestions.clone()), "both wrote the same situation");
    assert_eq!(conflicts, [Part::Suggestions], "they can't be matched one by one any more");
    let other = text("路口停满车辆。", "没有停车场。", &["建停车场。", "错时放学。"]);
    let (merged, conflicts) = merge(&base, &edited, &other);
    assert_eq!((merged.situation, conflicts), (edited.situation, vec![Part::Situation]));
}

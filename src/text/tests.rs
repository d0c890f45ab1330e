//! Both languages are complete: equal keys, equal arguments, nothing missing.

use std::collections::{BTreeMap, BTreeSet};

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::{Arg, Lang, catalog::FILES, t};

/// Key → the arguments that its text uses. Panics at a line that is not Fluent and at a duplicate key.
fn keys(file: &str, text: &'static str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = fluent_syntax::parser::parse(text).unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
    let mut keys = BTreeMap::new();
    for entry in &resource.body {
        match entry {
            Entry::Message(message) => {
                let mut args = BTreeSet::new();
                let pattern = message.value.as_ref().unwrap_or_else(|| panic!("{file}: {} says nothing", message.id.name));
                arguments(pattern, &mut args);
                assert!(keys.insert(message.id.name.to_owned(), args).is_none(), "{file}: {} is there twice", message.id.name);
            }
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
            Entry::Term(term) => panic!("{file}: no terms, please: {}", term.id.name),
            Entry::Junk { content } => panic!("{file}: can't read {content}"),
        }
    }
    keys
}

fn arguments(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression: Expression::Inline(inline) } => inline_arguments(inline, found),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                inline_arguments(selector, found);
                variants.iter().for_each(|variant| arguments(&variant.value, found));
            }
        }
    }
}

fn inline_arguments(inline: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments: CallArguments { positional, .. }, .. } => {
            positional.iter().for_each(|inline| inline_arguments(inline, found));
        }
        InlineExpression::Placeable { expression } => {
            arguments(&Pattern { elements: vec![PatternElement::Placeable { expression: (**expression).clone() }] }, found);
        }
        _ => {}
    }
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_arguments() {
    let mut all = BTreeSet::new();
    for (file, zh, en) in FILES {
        let (zh, en) = (keys(file, zh), keys(file, en));
        assert_eq!(zh, en, "{file}.ftl differs between the languages");
        for key in zh.into_keys() {
            assert!(all.insert(key.clone()), "{key} stands in two files");
        }
    }
}

#[test]
fn every_file_of_the_directories_is_embedded() {
    for lang in Lang::ALL {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/text").join(lang.as_str());
        let on_disk: BTreeSet<_> = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        let embedded: BTreeSet<_> = FILES.iter().map(|(name, ..)| format!("{name}.ftl")).collect();
        assert_eq!(on_disk, embedded, "{lang}");
    }
}

#[test]
fn arguments_are_put_in_as_they_are() {
    let roles = [("roles", Arg::from("审核员、签发人"))];
    assert_eq!(t(Lang::Zh, "refusal-wrong_role", &roles), "您现在的身份不能办理这一步，需要：审核员、签发人。");
    assert_eq!(t(Lang::En, "stage-signing", &[]), "To sign");
    assert!(t(Lang::En, "refusal-assignments_open", &[("open", 1_usize.into())]).starts_with("One department"));
    assert!(t(Lang::En, "refusal-assignments_open", &[("open", 12_000_usize.into())]).starts_with("12000 departments"));
    assert_eq!(t(Lang::Zh, "letter-what-manuscript", &[("title", "<b>\u{202e}《a》\"".into())]), "《<b>\u{202e}《a》\"》");
}

#[test]
fn every_refusal_and_violation_has_its_words() {
    use crate::domain::{refusal::Refusal, violation::Violation};
    let keys = Refusal::CODES.iter().map(|code| format!("refusal-{code}"));
    let keys = keys.chain(Violation::CODES.iter().map(|code| format!("violation-{code}")));
    let silent: Vec<_> = keys.filter(|key| !super::has(key)).collect();
    assert!(silent.is_empty(), "without words: {silent:?}");
}

#[test]
fn an_unknown_key_shows_itself() {
    assert_eq!(t(Lang::Zh, "no-such-key", &[]), "no-such-key");
    assert!(!super::has("no-such-key"));
    assert!(super::has("stage-review"));
}

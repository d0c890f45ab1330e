//! Reading the fields of a form.

use serde::Deserialize;

use crate::app::input::{InputError, from_fields, from_json, text_or_empty};
use crate::domain::numbers::Day;
use crate::domain::violation::Violation;
use crate::domain::vocabulary::Role;

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct RoleInput {
    role: Role,
    serves: Option<u32>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Input {
    words: String,
    #[serde(default)]
    urgent: bool,
    #[serde(default)]
    due_on: Option<Day>,
    #[serde(default, deserialize_with = "text_or_empty")]
    mobile: Option<String>,
    #[serde(default)]
    numbers: Vec<u32>,
    #[serde(default)]
    roles: Vec<RoleInput>,
}

fn read(form: &str) -> Result<Input, Vec<(String, &'static str)>> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    from_fields(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .map_err(|wrong| wrong.into_iter().map(|one| (one.field, one.code)).collect())
}

#[test]
fn a_form_is_read_by_the_types_of_the_struct() {
    let form = "csrf=x&words=a%0D%0Ab&urgent=yes&due_on=２０２７-01-31&mobile=&numbers=1&numbers=&numbers=２&roles[0].role=                    &roles[0].serves=&roles[3].role=signer&roles[3].serves=4&then=submit";
    let day = Day::parse("due_on", "2027-01-31").unwrap();
    let expected = Input {
        words: "a\nb".to_owned(),
        urgent: true,
        due_on: Some(day),
        mobile: Some(String::new()),
        numbers: vec![1, 2],
        roles: vec![RoleInput { role: Role::Signer, serves: Some(4) }],
    };
    assert_eq!(read(form).unwrap(), expected);
    let least = Input { words: String::new(), urgent: false, due_on: None, mobile: None, numbers: vec![], roles: vec![] };
    assert_eq!(read("words=&due_on=+&urgent=").unwrap(), least);
    assert_eq!(read("words=&a.a.a.a.a.a.a.a=1&[=&.=&words[=2").unwrap(), least, "names that no field has");
}

#[test]
fn what_is_wrong_is_named_as_for_json() {
    let one = |form: &str| read(form).unwrap_err();
    assert_eq!(one(""), [("words".to_owned(), "required")]);
    assert_eq!(one("words=a&due_on=soon"), [("due_on".to_owned(), "bad_date")]);
    assert_eq!(one("words=a&numbers=1&numbers=b"), [("numbers[1]".to_owned(), "bad_number")]);
    assert_eq!(one("words=a&roles[2].serves=1"), [("roles[2].role".to_owned(), "required")]);
    assert_eq!(one("words=a&roles[2].serves=1&roles[2].role="), [("roles[2].role".to_owned(), "required")], "empty is missing");
    assert_eq!(one("words=a&roles[0].role=king"), [("roles[0].role".to_owned(), "bad_value")]);
    let all =
        [("numbers[0]", "bad_number"), ("roles[2].role", "required"), ("words", "required")].map(|(name, code)| (name.to_owned(), code));
    assert_eq!(one("numbers=x&roles[2].serves=1"), all, "all at once");
    assert_eq!(one("words=\u{200b}"), [("words".to_owned(), "invisible")]);
    assert!(read("words=a&password=\u{200b}&other=\u{200b}").is_ok(), "only fields of the struct are looked at, and no secrets");
}

#[test]
fn a_large_body_is_not_read_again_and_again() {
    let large =
        format!(r#"{{"words":"{}",{}}}"#, "a".repeat(900_000), (0..100).map(|n| format!(r#""x{n}":1"#)).collect::<Vec<_>>().join(","));
    let Err(InputError::Invalid(wrong)) = from_json::<Input>(large.as_bytes()) else { panic!("it has fields that no input has") };
    assert_eq!(wrong.len(), 4, "as many as four passes find");
    let small = large.replace(&"a".repeat(900_000), "");
    let Err(InputError::Invalid(wrong)) = from_json::<Input>(small.as_bytes()) else { panic!("it has fields that no input has") };
    assert_eq!(wrong.len(), 80, "and no more than this");
}

#[test]
fn a_field_that_comes_twice_hides_no_other_fault() {
    let wrong = |json: &str| match from_json::<Input>(json.as_bytes()) {
        Err(InputError::Invalid(all)) => all.into_iter().map(|one| (one.field, one.code)).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let long = "x".repeat(300);
    let mut found = wrong(&format!(r#"{{"words":"a","words":"b","numbers":["x"],"due_on":"{long}"}}"#));
    found.sort_unstable();
    let expected = [("due_on", "bad_date"), ("numbers[0]", "bad_number"), ("words", "bad_value")];
    assert_eq!(found, expected.map(|(name, code)| (name.to_owned(), code)));
}

#[test]
fn an_optional_text_may_be_cleared_by_json_too() {
    let read = |json: &str| serde_json::from_str::<Input>(json).unwrap().mobile;
    assert_eq!(read(r#"{"words":"","mobile":""}"#), Some(String::new()));
    assert_eq!((read(r#"{"words":"","mobile":null}"#), read(r#"{"words":""}"#)), (None, None));
}

proptest::proptest! {
    #[test]
    fn any_form_is_read(fields in proptest::collection::vec(("[a-z\\[\\]\\.0-9]{0,12}", ".{0,12}"), 0..20)) {
        let _: Result<Input, Vec<Violation>> = from_fields(fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    }
}

//! Tests of parsing values: what is accepted, what is refused, and that all violations are reported at once.

use proptest::prelude::*;

use crate::domain::manuscript::{DEFAULT_CATEGORIES, Declarations, Draft, DraftForm, RequestedChange, Text, TextLimits};
use crate::domain::numbers::{Day, IssueNumber, manuscript_number};
use crate::domain::person::{Email, Login, Mobile};
use crate::domain::violation::{Param, Violation};
use crate::domain::vocabulary::{Classification, Kind, Part};

fn full() -> DraftForm {
    DraftForm {
        title: "关于改善老旧小区无障碍通行的建议".to_owned(),
        category: "社会建设".to_owned(),
        kind: Some(Kind::Suggestion),
        situation: "全县有老旧小区四十六个。".to_owned(),
        causes: String::new(),
        suggestions: vec!["加装坡道。".to_owned(), "每年检查一次。".to_owned()],
        keywords: vec!["老旧小区".to_owned()],
        declarations: Some(Declarations {
            submitted_elsewhere: None,
            may_publish: true,
            may_quote_name: false,
            classification: Classification::None,
        }),
    }
}

fn parse(form: &DraftForm) -> Result<Draft, Vec<Violation>> {
    Draft::parse(form, &TextLimits::default(), DEFAULT_CATEGORIES)
}

fn names(violations: &[Violation]) -> Vec<(&str, &str)> {
    violations.iter().map(|violation| (violation.field.as_str(), violation.code)).collect()
}

#[test]
fn a_full_form_can_be_handed_in() {
    let draft = parse(&full()).unwrap();
    assert_eq!(draft.complete(), Ok(()));
    assert_eq!(draft.text.warnings(&TextLimits::default()), []);
    assert_eq!(draft.text.length(), 16 + 12 + 5 + 7);
}

#[test]
fn an_empty_draft_is_kept_but_not_handed_in() {
    let draft = parse(&DraftForm::default()).unwrap();
    assert_eq!(draft.kind, Kind::Suggestion);
    let missing = draft.complete().unwrap_err();
    let expected = ["title", "situation", "suggestions", "category", "declarations"].map(|field| (field, "required"));
    assert_eq!(names(&missing), expected);
}

#[test]
fn everything_wrong_is_named_at_once() {
    let form = DraftForm {
        title: "长".repeat(51),
        category: "体育建设".to_owned(),
        suggestions: vec!["好".to_owned(); 101],
        keywords: vec!["两\n行".to_owned(), "词".repeat(31)],
        declarations: Some(Declarations { submitted_elsewhere: Some("  ".to_owned()), ..full().declarations.unwrap() }),
        ..full()
    };
    let expected = [
        ("title", "too_long"),
        ("suggestions", "too_many"),
        ("category", "unknown_category"),
        ("keywords[0]", "line_break"),
        ("keywords[1]", "too_long"),
        ("declarations.submitted_elsewhere", "required"),
    ];
    let wrong = parse(&form).unwrap_err();
    assert_eq!(names(&wrong), expected);
    assert_eq!(wrong[0].params, [("is", Param::Number(51)), ("max", Param::Number(50))]);
}

#[test]
fn blank_suggestions_are_named_by_their_place() {
    let draft = parse(&DraftForm { suggestions: vec![" \n".to_owned(), "好".to_owned(), String::new()], ..full() }).unwrap();
    assert_eq!(names(&draft.complete().unwrap_err()), [("suggestions[0]", "required"), ("suggestions[2]", "required")]);
}

#[test]
fn a_classification_stops_the_submission() {
    for classification in [Classification::Confidential, Classification::Secret, Classification::TopSecret] {
        let declarations = Some(Declarations { classification, ..full().declarations.unwrap() });
        let draft = parse(&DraftForm { declarations, ..full() }).unwrap();
        assert_eq!(names(&draft.complete().unwrap_err()), [("declarations.classification", "classified")]);
    }
}

#[test]
fn lengths_count_characters_over_all_parts() {
    let limits = TextLimits::default();
    let sized = |n: usize| Text::parse("题", &"𠮷".repeat(n), "", &["议".to_owned()], &limits);
    assert_eq!(sized(1_498).unwrap().warnings(&limits), []);
    assert_eq!(names(&sized(1_499).unwrap().warnings(&limits)), [("text", "long")]);
    assert_eq!(sized(19_998).unwrap().length(), 20_000);
    assert_eq!(names(&sized(19_999).unwrap_err()), [("text", "too_long")]);
    assert!(Text::parse(&format!(" {} ", "字".repeat(50)), "", "", &[], &limits).is_ok(), "counted after trimming");
    let many = vec![String::new(); 101];
    assert_eq!(names(&Text::parse("", "", "", &many, &limits).unwrap_err()), [("suggestions", "too_many")]);
}

#[test]
fn line_ends_are_one_and_the_rest_stays() {
    let odd = "第一段\r\n\u{202e}反\u{200b}隐\u{2028}\t\u{8}Ａ\0\n";
    let text = Text::parse("a\u{202e}b", odd, "", &[], &TextLimits::default()).unwrap();
    assert_eq!(text.situation, "第一段\n\u{202e}反\u{200b}隐\n\tＡ\n");
    assert_eq!(text.title.as_str(), "a\u{202e}b");
    let slide = Text::parse("一\u{b}二\u{8}", "a\rb", "", &[], &TextLimits::default()).unwrap();
    assert_eq!((slide.title.as_str(), slide.situation.as_str()), ("一 二", "a\nb"));
    let unseen = Text::parse("\u{200b}\0", "\u{feff}\u{3164}", "", &["\u{2060}".to_owned()], &TextLimits::default());
    assert_eq!(names(&unseen.unwrap_err()), [("title", "invisible"), ("situation", "invisible"), ("suggestions[0]", "invisible")]);
}

#[test]
fn the_ledgers_bytes_are_plain_json_in_one_order() {
    let text = Text::parse("题\"", "况\n", "因\\", &["一".to_owned(), "二/".to_owned()], &TextLimits::default()).unwrap();
    let bytes = String::from_utf8(text.canonical_bytes()).unwrap();
    assert_eq!(bytes, r#"{"title":"题\"","situation":"况\n","causes":"因\\","suggestions":["一","二/"]}"#);
}

#[test]
fn keywords_are_kept_once() {
    let words = ["养老", " 养老 ", "", "托育"].map(str::to_owned).to_vec();
    assert_eq!(parse(&DraftForm { keywords: words, ..full() }).unwrap().keywords, ["养老", "托育"]);
    let many = (0..11).map(|n| n.to_string()).collect();
    assert_eq!(names(&parse(&DraftForm { keywords: many, ..full() }).unwrap_err()), [("keywords", "too_many")]);
}

#[test]
fn a_request_points_into_the_text() {
    let limits = TextLimits::default();
    let text = Text::parse("题目", "况", "", &["一二".to_owned(), "三四".to_owned()], &limits).unwrap();
    let ask = |part, from, to, words| RequestedChange::parse("requests[0]", part, from, to, words, &text, &limits);
    assert_eq!(text.part(Part::Suggestions), "一二\n三四");
    assert!(ask(Part::Suggestions, 3, 5, "请写明期限").is_ok());
    assert!(ask(Part::Causes, 0, 0, "请补写原因").is_ok(), "an empty part can be asked for");
    assert_eq!(names(&ask(Part::Title, 0, 3, "请改").unwrap_err()), [("requests[0].to", "out_of_range")]);
    let all = [("requests[0].from", "out_of_range"), ("requests[0].text", "required")];
    assert_eq!(names(&ask(Part::Title, 2, 1, " ").unwrap_err()), all);
    assert!(ask(Part::Title, u32::MAX, u32::MAX, "请改").is_err());
}

#[test]
fn sign_in_names_have_one_form() {
    for (typed, kept) in [
        ("li.ming", "li.ming"),
        (" Li.Ming ", "li.ming"),
        ("ｌｉ＿ｍｉｎｇ", "li_ming"),
        ("a1", "a1"),
        ("ﬁn", "fin"),
        ("\u{3000}li\u{200b}.ming\u{feff}", "li.ming"),
    ] {
        assert_eq!(Login::parse(typed).unwrap().as_str(), kept);
    }
    // A Cyrillic а, a dotless ı, Han characters, a space, a zero-width space, too short, ends that look like a full stop.
    for bad in ["\u{430}dmin", "lı", "李明", "li ming", "a", "", ".li", "li-", &"a".repeat(65), "İ1", "a\0b"] {
        assert_eq!(Login::parse(bad).unwrap_err().code, "bad_login", "{bad:?}");
    }
}

#[test]
fn addresses_are_read_as_people_write_them() {
    for (typed, kept) in [
        ("li.ming@Example.ORG", "li.ming@example.org"),
        (" a+b@x.cn ", "a+b@x.cn"),
        ("Q@qq.com", "Q@qq.com"),
        ("\u{200b}ｌｉ．ｍｉｎｇ ＠ Ｅxample。org\u{3000}", "li.ming@example.org"),
        ("user@例子.公司", "user@xn--fsqu00a.xn--55qx5d"),
        ("user@XN--FSQU00A.xn--55qx5d", "user@xn--fsqu00a.xn--55qx5d"),
    ] {
        assert_eq!(Email::parse(typed).unwrap().as_str(), kept);
    }
    for bad in [
        "",
        "@",
        "a@",
        "@b.cn",
        "a..b@c.cn",
        ".a@c.cn",
        "a@-c.cn",
        "a@c..cn",
        "a b@c.cn",
        "a@b.cn\r\nBcc: x@y.cn",
        "a@b@c",
        "a@b c.cn",
        "a@[1.2.3.4]",
    ] {
        let code = if bad.is_empty() { "required" } else { "bad_email" };
        assert_eq!(Email::parse(bad).unwrap_err().code, code, "{bad:?}");
    }
    assert_eq!(Email::parse("李@b.cn").unwrap_err().code, "email_not_ascii");
    assert_eq!(Email::parse("li@example.org").unwrap().masked(), "l***@example.org");
    assert_eq!(Email::parse("li@例子.公司").unwrap().masked(), "l***@例子.公司");
}

#[test]
fn an_address_is_taken_out_of_what_was_copied_with_it() {
    for typed in [
        "张三 <li.ming@example.org>",
        "张三<li.ming@example.org>",
        "张三＜li.ming@example.org＞",
        "\"Zhang, San\" <li.ming@example.org>",
        "“张三” < li.ming@example.org >",
        "<li.ming@example.org>",
        "Li.Ming@example.org <li.ming@example.org>",
        "mailto:li.ming@example.org",
    ] {
        assert_eq!(Email::parse(typed).map(|email| email.to_string()), Ok("li.ming@example.org".to_owned()), "{typed}");
    }
    for typed in [
        "张三 li.ming@example.org",
        "张三（li.ming@example.org）",
        "邮箱：li.ming@example.org",
        "a@b.cn <li.ming@example.org>",
        "a@b.cn; li.ming@example.org",
        "a <li.ming@example.org",
        "a <li.ming@example.org> b",
        "a <b> <li.ming@example.org>",
        "<>",
    ] {
        assert_eq!(Email::parse(typed).unwrap_err().code, "bad_email", "{typed}");
    }
}

#[test]
fn mobile_numbers_are_read_as_people_write_them() {
    for (typed, kept) in [
        ("13800138000", "13800138000"),
        ("138-0013 8000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+85291234567", "+85291234567"),
        ("00852 9123 4567", "+85291234567"),
        ("0086 138-0013-8000", "13800138000"),
        ("（＋８６）１３８　００１３　８０００", "13800138000"),
        ("86 138 0013 8000", "13800138000"),
        ("013800138000", "13800138000"),
        ("138—0013–8000\u{200b}", "13800138000"),
    ] {
        assert_eq!(Mobile::parse(typed).unwrap().as_str(), kept);
    }
    for bad in [
        "",
        "1380013800",
        "12800138000",
        "138001380001",
        "1380013800a",
        "+0123456789",
        "+86",
        "+86138001380",
        "008613800138",
        "+1234",
        "é3800138000",
        "1é00138000",
    ] {
        assert_eq!(Mobile::parse(bad).unwrap_err().code, "bad_mobile", "{bad:?}");
    }
    assert_eq!(Mobile::parse("13800138000").unwrap().masked(), "138****8000");
}

#[test]
fn numbers_read_as_the_office_writes_them() {
    assert_eq!(manuscript_number(2026, 1), "2026-0001");
    assert_eq!(manuscript_number(2026, 12_345), "2026-12345");
    let number = IssueNumber { year: 2026, issue: 3, running: 47, supplement: false };
    assert_eq!(number.to_string(), "第3期（总第47期）");
    assert_eq!(IssueNumber { supplement: true, ..number }.to_string(), "增刊第3期（总第47期）");
}

#[test]
fn a_day_is_written_in_one_way() {
    let day: Day = serde_json::from_str("\"2026-01-05\"").unwrap();
    assert_eq!(serde_json::to_string(&day).unwrap(), "\"2026-01-05\"");
    assert_eq!(Day::parse("due_on", "　２０２６－０１－０５").unwrap(), day);
    for bad in ["2026-1-5", "2026-02-30", "20260105", "12026-01-05", "0001-01-01", "2026-01-05T00:00:00Z", ""] {
        assert_eq!(Day::parse("due_on", bad).unwrap_err().code, "bad_date", "{bad:?}");
    }
}

proptest! {
    #[test]
    fn no_input_makes_the_door_panic(text in any::<String>(), n in any::<u32>(), m in any::<u32>()) {
        let form = DraftForm { title: text.clone(), situation: text.clone(), suggestions: vec![text.clone()], keywords: vec![text.clone()], ..full() };
        let draft = parse(&form);
        let _ = (Login::parse(&text), Email::parse(&text), Mobile::parse(&text).map(|mobile| mobile.masked()), Day::parse("d", &text));
        if let Ok(draft) = draft {
            let limits = TextLimits::default();
            for part in Part::ALL {
                let asked = RequestedChange::parse("r", *part, n, m, "请改", &draft.text, &limits).is_ok();
                prop_assert_eq!(asked, n <= m && usize::try_from(m).unwrap() <= draft.text.part(*part).chars().count());
            }
            // A stored text parses to the same value again: parsing is idempotent.
            let text = &draft.text;
            let again = Text::parse(text.title.as_str(), &text.situation, &text.causes, &text.suggestions, &limits);
            prop_assert_eq!(again.as_ref(), Ok(text));
        }
    }

    #[test]
    fn what_is_kept_of_a_name_is_its_own_form(text in "[ -~ａ-ｚＡ-Ｚ0-9._]{1,20}") {
        if let Ok(login) = Login::parse(&text) {
            prop_assert_eq!(Login::parse(login.as_str()).unwrap(), login);
        }
    }
}

//! Tests that every letter renders in both languages, and that its headers are valid for any name.

use std::os::unix::fs::PermissionsExt;

use lettre::message::Message;

use super::letters::Wording;
use super::render::{one_line, render};
use super::{DeliveryFailure, Envelope, Left, LetterContext, LetterFacts, Sender, Transport};
use crate::config::Settings;
use crate::domain::clock::Moment;
use crate::domain::deadline::Deadline;
use crate::domain::ids::ManuscriptId;
use crate::domain::{lang::Lang, notice::Letter};
use crate::text::has;

fn id<T: From<uuid::Uuid>>(n: u128) -> T {
    T::from(uuid::Uuid::from_u128(n))
}

fn sender() -> Sender {
    let settings = Settings::read(Some(("t", "[mail]\nfrom = \"直通车 <ztc@example.gov.cn>\"\nreply_to = \"office@example.gov.cn\"")), []);
    Sender::from_settings(&settings.unwrap()).unwrap()
}

fn envelope() -> Envelope {
    Envelope {
        id: id(1),
        channel: id(2),
        channel_name: "云溪县建言献策直通车".to_owned(),
        manuscript: Some(id(3)),
        created_at: Moment::from_micros(1_767_571_440_000_000),
        name: "王建国".to_owned(),
        address: "wang@example.cn".to_owned(),
        lang: Lang::Zh,
    }
}

fn written(message: &Message) -> String {
    String::from_utf8(message.formatted()).unwrap()
}

/// The header lines, folded ones joined.
fn headers(message: &Message) -> Vec<String> {
    let text = written(message);
    let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ");
    head.split("\r\n").map(str::to_owned).collect()
}

#[test]
fn every_letter_has_words_in_both_languages() {
    for kind in Letter::ALL {
        for part in ["subject", "body", "next"] {
            assert!(has(&format!("letter-{kind}-{part}")), "letter-{kind}-{part} is missing");
        }
    }
}

#[test]
fn every_sample_is_rendered_in_both_languages() {
    for kind in Letter::ALL {
        for lang in Lang::ALL {
            let letter = LetterContext::sample(*kind, *lang);
            let rendered = render(&letter).unwrap();
            for (part, text) in [("subject", &rendered.subject), ("text", &rendered.text), ("html", &rendered.html)] {
                assert!(!text.contains("letter-") && !text.contains("{$") && !text.contains("{ $"), "{kind} {lang} {part}: {text}");
            }
            assert!(rendered.text.contains(&letter.link) && rendered.html.contains(&letter.link), "{kind} {lang} has its link");
            assert!(rendered.text.contains(&letter.name), "{kind} {lang} greets");
            assert!(rendered.html.contains(&format!("lang=\"{lang}\"")));
            assert!(!rendered.subject.contains('\n') && rendered.subject.chars().count() <= 100, "{}", rendered.subject);
            assert!(sender().compose(&Envelope { lang: *lang, ..envelope() }, &rendered).is_ok());
        }
    }
}

#[test]
fn subjects_tell_letters_apart() {
    for lang in Lang::ALL {
        let subjects: std::collections::BTreeSet<_> =
            Letter::ALL.iter().map(|kind| render(&LetterContext::sample(*kind, *lang)).unwrap().subject).collect();
        assert_eq!(subjects.len(), Letter::ALL.len(), "{lang}");
    }
}

#[test]
fn a_letter_reads_like_this() {
    let chinese = render(&LetterContext::sample(Letter::Returned, Lang::Zh)).unwrap();
    assert_eq!(chinese.subject, "【请修改】2026-0001《关于加快老旧小区加装电梯的建议》");
    insta::assert_snapshot!("returned_zh", chinese.text);
    insta::assert_snapshot!("returned_zh_html", chinese.html);
    insta::assert_snapshot!("returned_en", render(&LetterContext::sample(Letter::Returned, Lang::En)).unwrap().text);
    insta::assert_snapshot!("password_reset_zh", render(&LetterContext::sample(Letter::PasswordReset, Lang::Zh)).unwrap().text);
}

#[test]
fn a_limit_is_named_to_who_has_to_keep_it_and_to_nobody_else() {
    let text = |kind, facts: fn(&mut LetterFacts)| {
        let mut letter = LetterContext::sample(kind, Lang::Zh);
        facts(&mut letter.facts);
        render(&letter).unwrap()
    };
    // 3 March 2026 is a Tuesday.
    let review = text(Letter::ArrivedReview, |_| {});
    assert_eq!(review.subject, "【请审核】2026-0001 3月3日前《关于加快老旧小区加装电梯的建议》");
    assert!(review.text.contains("审核时限：2026年3月3日（星期二）18:00前"), "{}", review.text);
    for kind in [Letter::Submitted, Letter::ScreeningPassed, Letter::Reconsidered, Letter::Unmerged, Letter::Returned, Letter::Concluded] {
        let author = text(kind, |_| {});
        assert!(!author.text.contains("时限") && !author.text.contains("3月3日"), "{kind}: {}", author.text);
    }
    for (deadline, label) in [(Deadline::Screening, "初审时限"), (Deadline::Receipt, "签收时限"), (Deadline::Reply, "办复时限")]
    {
        let mut letter = LetterContext::sample(Letter::DueSoon, Lang::Zh);
        letter.facts.deadline = Some(deadline);
        let rendered = render(&letter).unwrap();
        assert!(rendered.text.contains(&format!("{label}：2026年3月3日（星期二）18:00前")), "{}", rendered.text);
    }
    let asked = text(Letter::ExtensionRequested, |facts| facts.asked = Some(Moment::from_micros(1_775_210_400_000_000)));
    assert!(asked.text.contains("办复时限：2026年3月3日") && asked.text.contains("申请延至：2026年4月3日（星期五）"), "{}", asked.text);
}

#[test]
fn a_decision_on_a_request_says_which_and_an_assisting_department_is_not_told_to_reply() {
    let in_words = |kind, wording| {
        let mut letter = LetterContext::sample(kind, Lang::Zh);
        letter.facts.wording = Some(wording);
        render(&letter).unwrap()
    };
    for (kind, granted, refused) in
        [(Letter::ReturnDecided, "同意退办", "不同意退办，请继续办理"), (Letter::ExtensionDecided, "同意延期", "不同意延期")]
    {
        assert!(in_words(kind, Wording::Granted).subject.starts_with(&format!("【{granted}】")));
        assert!(in_words(kind, Wording::Refused).subject.starts_with(&format!("【{refused}】")));
    }
    let assisting = in_words(Letter::Assigned, Wording::Assisting);
    assert!(assisting.subject.starts_with("【请签收、协办】") && !assisting.text.contains("逐条办复"), "{}", assisting.text);
    assert!(in_words(Letter::Urged, Wording::Unreceived).text.contains("请登录系统签收"));
    assert!(in_words(Letter::Urged, Wording::Assisting).text.contains("协办意见"));
    let above = in_words(Letter::OverdueAbove, Wording::Granted);
    assert!(above.text.contains("不需要您办理"), "a kind without words of its own for a case keeps its own: {}", above.text);
}

#[test]
fn every_wording_is_in_words_in_full_or_not_at_all() {
    for kind in Letter::ALL {
        for wording in Wording::ALL {
            let there = ["subject", "body", "next"].map(|part| has(&format!("letter-{kind}-{wording}-{part}")));
            assert!(there == [true; 3] || there == [false; 3], "{kind} {wording}");
        }
    }
}

#[test]
fn headers_thread_the_letters_of_a_manuscript_and_keep_machines_from_answering() {
    let rendered = render(&LetterContext::sample(Letter::Accepted, Lang::Zh)).unwrap();
    let message = sender().compose(&envelope(), &rendered).unwrap();
    let headers = headers(&message);
    let has = |line: &str| assert!(headers.iter().any(|header| header == line), "{line} is missing in {headers:#?}");
    has("Message-ID: <00000000-0000-0000-0000-000000000001@example.gov.cn>");
    has("References: <manuscript-00000000-0000-0000-0000-000000000003@example.gov.cn>");
    has("In-Reply-To: <manuscript-00000000-0000-0000-0000-000000000003@example.gov.cn>");
    has("Auto-Submitted: auto-generated");
    has("Content-Language: zh-CN");
    has("Date: Mon, 05 Jan 2026 00:04:00 +0000");
    has("Reply-To: office@example.gov.cn");
    assert!(
        headers
            .iter()
            .any(|h| h.starts_with("List-Id: =?utf-8?b?") && h.ends_with(" <00000000-0000-0000-0000-000000000002.example.gov.cn>"))
    );
    assert_eq!(written(&message), written(&sender().compose(&envelope(), &rendered).unwrap()), "a repeat is the same bytes");
    let other = sender().compose(&Envelope { manuscript: None::<ManuscriptId>, ..envelope() }, &rendered).unwrap();
    assert!(!written(&other).contains("References:"));
}

#[test]
fn line_breaks_in_names_and_titles_make_no_second_header() {
    for evil in [
        "王\r\nBcc: x@example.cn",
        "王\nBcc: x@example.cn\n\n<script>",
        "王\u{2028}Bcc: x\u{85}y",
        "王\r\n\r\nX",
        "\u{202e}moc.live@a\u{202c}",
    ] {
        let mut letter = LetterContext::sample(Letter::Returned, Lang::Zh);
        evil.clone_into(&mut letter.name);
        evil.clone_into(&mut letter.channel);
        letter.facts.title = Some(evil.to_owned());
        letter.facts.number = Some(evil.to_owned());
        let rendered = render(&letter).unwrap();
        let tricky = Envelope { name: evil.to_owned(), channel_name: evil.to_owned(), ..envelope() };
        let message = sender().compose(&tricky, &rendered).unwrap();
        let names: Vec<String> = headers(&message).iter().map(|h| h.split(':').next().unwrap().to_owned()).collect();
        let plain = headers(&sender().compose(&envelope(), &rendered).unwrap());
        let expected: Vec<String> = plain.iter().map(|h| h.split(':').next().unwrap().to_owned()).collect();
        assert_eq!(names, expected, "{evil:?}");
        assert!(!rendered.html.contains("<script>"), "{}", rendered.html);
    }
    assert_eq!(one_line(" a\r\n\tb\u{202e}c \u{2029}d"), "a bc d");
}

#[test]
fn a_bad_address_is_a_permanent_failure() {
    let rendered = render(&LetterContext::sample(Letter::Accepted, Lang::Zh)).unwrap();
    for address in ["", "nobody", "a@b@c", "x@example.cn\r\nBcc: y@example.cn", "a b@example.cn"] {
        let bad = Envelope { address: address.to_owned(), ..envelope() };
        assert!(matches!(sender().compose(&bad, &rendered), Err(DeliveryFailure::Permanent(_))), "{address:?}");
    }
}

#[test]
fn a_letter_about_nothing_in_particular_still_reads() {
    let mut letter = LetterContext::sample(Letter::MailFailed, Lang::Zh);
    letter.facts = LetterFacts::default();
    letter.name = String::new();
    let rendered = render(&letter).unwrap();
    assert!(rendered.text.starts_with("您好！\n"), "{}", rendered.text);
    assert_eq!(serde_json::to_string(&LetterFacts::default()).unwrap(), "{}");
    assert_eq!(serde_json::from_str::<LetterFacts>("{\"number\":\"2026-0001\"}").unwrap().number.as_deref(), Some("2026-0001"));
}

#[test]
fn the_file_transport_writes_one_file_a_letter() {
    let dir = tempfile::tempdir().unwrap();
    let transport = Transport::File(dir.path().join("mail"));
    let message = sender().compose(&envelope(), &render(&LetterContext::sample(Letter::Accepted, Lang::Zh)).unwrap()).unwrap();
    for _ in 0..2 {
        assert_eq!(transport.session().send(&message, "one"), Ok(Left::Filed("written to one.eml".to_owned())));
    }
    let files: Vec<_> = std::fs::read_dir(dir.path().join("mail")).unwrap().map(|f| f.unwrap().file_name()).collect();
    assert_eq!(files, ["one.eml"]);
    let mode = |path: &str| std::fs::metadata(dir.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("mail"), mode("mail/one.eml")), (0o700, 0o600), "one-time links stand in letters");
    assert_eq!(std::fs::read(dir.path().join("mail/one.eml")).unwrap(), message.formatted());
}

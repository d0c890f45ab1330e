//! The facts of a letter: typed data without text, stored as JSON in the letter's row.

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::domain::vocabulary::words;
use crate::domain::{clock::Moment, deadline::Deadline, lang::Lang, notice::Letter, queues::WorkQueue, salutation::Salutation};

words! {
    /// The variant of a letter whose text depends on more than its kind: the decision, or the recipient's task.
    enum Wording {
        /// The request is granted.
        Granted = "granted",
        /// It is refused.
        Refused = "refused",
        /// Some of it is granted.
        Partly = "partly",
        /// To a department that assists another one.
        Assisting = "assisting",
        /// To the secretary of a leader.
        Secretary = "secretary",
        /// To a department that has not confirmed yet that it received the assignment.
        Unreceived = "unreceived",
        /// Of a leader's instruction that no department has yet.
        Instruction = "instruction",
        /// Of an answer with promises.
        Promised = "promised",
        /// Of a manuscript that the author's organisation screens first.
        Screening = "screening",
        /// Without a list of single things to change.
        Plain = "plain",
    }
}

/// The facts that a letter may mention; it lists those that are present.
///
/// There is no place in it for a manuscript's text, on purpose: letters travel unprotected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LetterFacts {
    /// The manuscript's number; `None` before it is submitted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Whether the manuscript is marked as urgent; for the people who work on it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// Whether a leader has endorsed it; for the people in the office and the departments who work on it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub endorsed: bool,
    /// The title; omitted for recipients who may not read it (administrators, auditors).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The number of the manuscript into which it was merged, and which the letter is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<String>,
    /// The number of a manuscript that is merged into the one that the letter is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<String>,
    /// The numbers of the suggestions that the letter is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<u32>,
    /// A bulletin, as people call it: 《直通车专报》第3期.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulletin: Option<String>,
    /// The reason of a return, refusal or rejection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The due time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Moment>,
    /// By when its receipt is to be confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receive_by: Option<Moment>,
    /// The last date on which the department can ask to be released.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_until: Option<Moment>,
    /// The former due time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was_due: Option<Moment>,
    /// Whether `due` is in a year whose calendar is not loaded yet, so that it may still change.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// The same of the date of its receipt.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub receive_by_is_provisional: bool,
    /// The same for `return_until`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub return_until_is_provisional: bool,
    /// The number of working days until then when the letter was written; `None` on the day itself and after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<u32>,
    /// The promises: the number of each suggestion, and the promised day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<(u32, NaiveDate)>,
    /// The deadline of a reminder; checked again when the letter is sent, and not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// The requested later date, beside the present one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked: Option<Moment>,
    /// The time until which its link can be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Moment>,
    /// For which sign-in name its link is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// The variant, where the kind alone does not determine the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wording: Option<Wording>,
    /// The actor, or the person concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// The organisation that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// The department that leads, for one that assists it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// The person for whom the recipient stands in, where that is the only reason for the letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// The result, in short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// The number of items (of a handover).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Queues of work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queues: Vec<WorkQueue>,
    /// First day of a period (of a stand-in).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The mail server's answer to a letter that could not be delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// A signed checkpoint of the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
    /// The path of a page that the link leads to, if it isn't the manuscript's: a bulletin, the outbox, a one-time link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// One letter, before it is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterContext {
    /// Which letter.
    pub kind: Letter,
    /// The recipient's language.
    pub lang: Lang,
    /// The recipient's name.
    pub name: String,
    /// The salutation of the recipient.
    pub salutation: Salutation,
    /// The channel's name.
    pub channel: String,
    /// The time zone of the channel, for dates.
    pub zone: Tz,
    /// Its facts.
    pub facts: LetterFacts,
    /// The absolute URL of the link.
    pub link: String,
    /// The address of the site, for readers who open it without the link.
    pub site: String,
    /// The channel's contact: office, person and telephone; may be empty.
    pub contact: String,
    /// The time when it was written.
    pub written_at: Moment,
}

impl LetterContext {
    /// A letter of this kind with all facts that it can have; rendered by the tests and in previews.
    #[must_use]
    pub fn sample(kind: Letter, lang: Lang) -> Self {
        let (name, channel, title) = match lang {
            Lang::Zh => ("王建国", "云溪县建言献策直通车", "关于加快老旧小区加装电梯的建议"),
            Lang::En => ("Wang Jianguo", "Yunxi County Suggestions", "Lifts for old housing estates"),
        };
        let facts = sample_facts(kind, name, title);
        let site = "https://ztc.example.gov.cn".to_owned();
        let link = format!("{site}{}", facts.path.as_deref().unwrap_or("/manuscripts/0192f0c1"));
        let contact = match lang {
            Lang::Zh => "云溪县委统战部办公室 李敏 0877-2010123",
            Lang::En => "United Front Office, Li Min, 0877-2010123",
        };
        let (contact, written_at) = (contact.to_owned(), Moment::from_micros(1_772_445_600_000_000));
        Self {
            kind,
            lang,
            name: name.to_owned(),
            salutation: Salutation::Name,
            channel: channel.to_owned(),
            zone: chrono_tz::Asia::Shanghai,
            facts,
            link,
            site,
            contact,
            written_at,
        }
    }
}

/// Facts of all that a letter of this kind can have.
fn sample_facts(kind: Letter, name: &str, title: &str) -> LetterFacts {
    match kind {
        Letter::AccountCreated | Letter::PasswordReset => LetterFacts {
            path: Some("/one-time/sample".to_owned()),
            login: Some("wang.jianguo".to_owned()),
            expires: Some(Moment::from_micros(1_772_532_000_000_000)),
            ..LetterFacts::default()
        },
        Letter::PasswordChanged => LetterFacts::default(),
        Letter::StandInNamed => LetterFacts {
            person: Some(name.to_owned()),
            from: NaiveDate::from_ymd_opt(2026, 3, 2),
            until: NaiveDate::from_ymd_opt(2026, 3, 13),
            ..LetterFacts::default()
        },
        Letter::HandedOver => LetterFacts { person: Some(name.to_owned()), count: Some(7), ..LetterFacts::default() },
        Letter::MailFailed => LetterFacts {
            number: Some("2026-0001".to_owned()),
            person: Some(name.to_owned()),
            server: Some("550 5.1.1 User unknown".to_owned()),
            path: Some("/outbox".to_owned()),
            ..LetterFacts::default()
        },
        Letter::QueueUnstaffed => LetterFacts {
            queues: vec![WorkQueue::Signing, WorkQueue::Reply],
            organization: Some("云溪县住房和城乡建设局".to_owned()),
            count: Some(7),
            path: Some("/people".to_owned()),
            ..LetterFacts::default()
        },
        Letter::Checkpoint => LetterFacts {
            checkpoint: Some("ztc.example.gov.cn/0192f0c1\n1202\n2FpGxUHQ=\n\n— ztc.example.gov.cn kBPZ4w==\n".to_owned()),
            path: Some("/ledger".to_owned()),
            ..LetterFacts::default()
        },
        Letter::LedgerResumed | Letter::LedgerKeyChanged => LetterFacts {
            reason: Some("服务器硬盘损坏，用昨晚的备份恢复。".to_owned()),
            result: (kind == Letter::LedgerKeyChanged).then(|| "ztc.example.gov.cn+c74f20a3+ARpc2QcUPDhM".to_owned()),
            path: Some("/ledger".to_owned()),
            ..LetterFacts::default()
        },
        Letter::BulletinSubmitted | Letter::BulletinSentBack | Letter::BulletinCancelled => LetterFacts {
            bulletin: Some("《直通车专报》第3期".to_owned()),
            reason: Some("第二部分的数据请核对。".to_owned()),
            ..LetterFacts::default()
        },
        Letter::Merged | Letter::TargetReturned | Letter::TargetSubmitted => LetterFacts {
            number: Some("2026-0002".to_owned()),
            title: Some(title.to_owned()),
            merged_into: Some("2026-0001".to_owned()),
            ..LetterFacts::default()
        },
        Letter::MergedToDecide | Letter::MergedForDepartment | Letter::MergedForLeader => sample_of_merger(kind, title),
        Letter::SuggestionsDecided | Letter::SuggestionsAdded | Letter::SuggestionsEnded => sample_of_merger(kind, title),
        _ => LetterFacts {
            number: Some("2026-0001".to_owned()),
            title: Some(title.to_owned()),
            reason: Some("请补充近三年的数据。\n请写明建议由哪个部门落实。".to_owned()),
            due: Some(Moment::from_micros(1_772_532_000_000_000)),
            organization: Some("云溪县住房和城乡建设局".to_owned()),
            ..LetterFacts::default()
        },
    }
}

/// The facts of a sample letter about a merged manuscript.
fn sample_of_merger(kind: Letter, title: &str) -> LetterFacts {
    let of = |number: &str| LetterFacts { number: Some(number.to_owned()), title: Some(title.to_owned()), ..LetterFacts::default() };
    match kind {
        Letter::SuggestionsDecided => LetterFacts {
            merged_into: Some("2026-0001".to_owned()),
            suggestions: vec![1, 3],
            reason: Some("第2条与另一篇的建议相同，一并答复。".to_owned()),
            organization: Some("云溪县住房和城乡建设局".to_owned()),
            wording: Some(Wording::Partly),
            ..of("2026-0002")
        },
        Letter::SuggestionsAdded | Letter::SuggestionsEnded => LetterFacts {
            merged: Some("2026-0002".to_owned()),
            suggestions: vec![3, 5],
            due: Some(Moment::from_micros(1_772_532_000_000_000)),
            ..of("2026-0001")
        },
        _ => LetterFacts { merged: Some("2026-0002".to_owned()), ..of("2026-0001") },
    }
}

//! The words of the closed vocabularies, and the sentences of refusals.

use chrono_tz::Tz;

use super::{Arg, date_time, t};
use crate::domain::assignment::{AssignmentAction, AssignmentForm, AssignmentPart, Consultation};
use crate::domain::bulletin::{BulletinAction, BulletinKind, RecipientKind};
use crate::domain::endorsement::EndorsementAction;
use crate::domain::job::{JobFault, JobKind, JobState};
use crate::domain::lang::Lang;
use crate::domain::mail_settings::{MailRoute, MailSecurity};
use crate::domain::notice::{Audience, LetterState, MailStage, WithheldReason};
use crate::domain::outcome::{AdoptionForm, AdoptionLevel, EndorsementKind, EndorsementState, Satisfaction};
use crate::domain::refusal::{Refusal, ThingState};
use crate::domain::states::{AssignmentState, BulletinState};
use crate::domain::transition::row::ActorRule;
use crate::domain::transition::{Need, TransitionGuard};
use crate::domain::violation::{Param, Violation};
use crate::domain::vocabulary::{Action, Answer, Classification, DeclineReason, Kind, OrganizationKind, Part, Role, Stage, TextKind};
use crate::domain::webhook::{WebhookFault, WebhookFormat};

/// A vocabulary whose words are in `terms.ftl` as `GROUP-WORD`.
pub trait Word: Copy + 'static {
    /// The first part of its keys.
    const GROUP: &'static str;
    /// Every word.
    const WORDS: &'static [Self];

    /// The word as the API and the database write it.
    fn written(self) -> &'static str;
}

/// A word by value or by reference, as templates pass it.
pub trait Spoken {
    /// The word in a language.
    fn spoken(&self, lang: Lang) -> String;
}

macro_rules! vocabularies {
    ($($name:ident = $group:literal),* $(,)?) => {
        $(impl Word for $name {
            const GROUP: &'static str = $group;
            const WORDS: &'static [Self] = Self::ALL;

            fn written(self) -> &'static str {
                self.as_str()
            }
        }

        impl Spoken for $name {
            fn spoken(&self, lang: Lang) -> String {
                word(lang, *self)
            }
        }

        impl Spoken for &$name {
            fn spoken(&self, lang: Lang) -> String {
                word(lang, **self)
            }
        }

        impl Spoken for &&$name {
            fn spoken(&self, lang: Lang) -> String {
                word(lang, ***self)
            }
        })*

        /// The keys of all words of all vocabularies, for the test that checks for them.
        #[cfg(test)]
        pub(super) fn keys() -> Vec<String> {
            let mut keys = Vec::new();
            $(keys.extend($name::WORDS.iter().map(|word| key(*word)));)*
            keys
        }
    };
}

vocabularies! {
    Role = "role", Stage = "stage", Action = "action", Kind = "kind", Part = "part", TextKind = "text-kind", Answer = "answer",
    OrganizationKind = "organization-kind", Classification = "classification", DeclineReason = "decline-reason",
    AssignmentState = "assignment-state", AssignmentForm = "assignment-form", AssignmentPart = "assignment-part",
    AssignmentAction = "assignment-action", Consultation = "consultation",
    BulletinState = "bulletin-state", BulletinKind = "bulletin-kind", BulletinAction = "bulletin-action", RecipientKind = "recipient-kind",
    EndorsementKind = "endorsement-kind", EndorsementState = "endorsement-state",
    EndorsementAction = "endorsement-action",
    AdoptionLevel = "adoption-level", AdoptionForm = "adoption-form", Satisfaction = "satisfaction",
    LetterState = "mail-state", WithheldReason = "withheld", MailStage = "mail-stage", MailRoute = "mail-route", MailSecurity = "mail-security",
    WebhookFormat = "webhook-format", WebhookFault = "webhook-fault",
    JobKind = "job-kind", JobState = "job-state", JobFault = "job-fault", Audience = "audience", Need = "need", ActorRule = "who", TransitionGuard = "guard",
}

fn key<W: Word>(word: W) -> String {
    format!("{}-{}", W::GROUP, word.written())
}

/// The name of a word for readers: `word(Lang::Zh, Stage::Review)` is 待审核.
#[must_use]
pub fn word<W: Word>(lang: Lang, word: W) -> String {
    t(lang, &key(word), &[])
}

/// Several words in a row, with the separator of the language.
#[must_use]
pub fn words<W: Word>(lang: Lang, words: &[W]) -> String {
    let separator = match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    };
    words.iter().map(|one| word(lang, *one)).collect::<Vec<_>>().join(separator)
}

/// A stage in the wording for authors, which is less detailed than that for staff.
#[must_use]
pub fn stage_for_author(lang: Lang, stage: Stage) -> String {
    t(lang, &format!("stage-author-{stage}"), &[])
}

/// A stage in the wording for authors of a merged manuscript: it is the stage of the target, which they cannot correct.
#[must_use]
pub fn stage_for_merged(lang: Lang, stage: Stage) -> String {
    match stage {
        Stage::Returned => t(lang, "stage-author-merged-returned", &[]),
        other => stage_for_author(lang, other),
    }
}

/// Explains in a sentence why something is refused; times are written in `zone`.
#[must_use]
pub fn refusal(lang: Lang, refusal: &Refusal, zone: Tz) -> String {
    let number = |name: &'static str, n: usize| vec![(name, Arg::from(n))];
    let args = match refusal {
        Refusal::WrongRole { needed } => vec![("roles", words(lang, needed).into())],
        Refusal::WrongStage { stage } => vec![("stage", word(lang, *stage).into())],
        Refusal::WrongState { state } => vec![("state", state_word(lang, *state).into())],
        Refusal::SignaturesMissing { missing } => number("missing", *missing),
        Refusal::AssignmentsOpen { open } | Refusal::MergedOpen { open } | Refusal::SuggestionsUnassigned { open } => number("open", *open),
        Refusal::TooLate { limit } => vec![("limit", date_time(lang, *limit, zone).into())],
        Refusal::NotYours
        | Refusal::OwnManuscript
        | Refusal::Classified
        | Refusal::HasMerged
        | Refusal::BadMergeTarget
        | Refusal::TargetConcluded
        | Refusal::TargetNotHandled
        | Refusal::AnsweredAlone
        | Refusal::NothingToUndo
        | Refusal::UndoClosed
        | Refusal::ActedOn
        | Refusal::AlreadyDone
        | Refusal::Repeated { .. }
        | Refusal::SecondPerson
        | Refusal::LastAdministrator
        | Refusal::AccountElsewhere
        | Refusal::AccountSuspended
        | Refusal::FourEyes
        | Refusal::TextOutdated
        | Refusal::TextCurrent
        | Refusal::NoEditedText
        | Refusal::ScanMissing => Vec::new(),
    };
    t(lang, &format!("refusal-{}", refusal.code()), &args)
}

/// Explains a violation in a sentence.
#[must_use]
pub fn violation(lang: Lang, violation: &Violation) -> String {
    let args: Vec<_> = violation
        .params
        .iter()
        .map(|(name, param)| match param {
            Param::Number(number) => (*name, Arg::from(*number)),
            Param::Text(text) => (*name, Arg::from(text)),
        })
        .collect();
    t(lang, &format!("violation-{}", violation.code), &args)
}

/// The name of a state, which depends on the kind of object.
fn state_word(lang: Lang, state: ThingState) -> String {
    match state {
        ThingState::Assignment(state) => word(lang, state),
        ThingState::Bulletin(state) => word(lang, state),
        ThingState::NoBulletin => t(lang, "bulletin-state-none", &[]),
        ThingState::Endorsement(state) => word(lang, state),
        ThingState::Letter(state) => word(lang, state),
        ThingState::Job(state) => word(lang, state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Moment;
    use crate::text::has;

    #[test]
    fn every_word_of_the_work_is_there_in_both_languages() {
        let missing: Vec<String> = keys().into_iter().filter(|key| !has(key)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        for stage in Stage::ALL {
            assert!(has(&format!("stage-author-{stage}")), "{stage}");
        }
        for code in Refusal::CODES {
            assert!(has(&format!("refusal-{code}")), "{code}");
        }
    }

    #[test]
    fn refusals_say_why() {
        let zone = chrono_tz::Asia::Shanghai;
        let limit = Moment::from_micros(1_767_571_440_000_000);
        let say = |refused: Refusal| (refusal(Lang::Zh, &refused, zone), refusal(Lang::En, &refused, zone));
        let (zh, en) = say(Refusal::WrongRole { needed: vec![Role::Reviewer, Role::Signer] });
        assert!(zh.contains("审核员、签发人") && en.contains("Reviewer, Signer"), "{zh} {en}");
        let (zh, en) = say(Refusal::WrongStage { stage: Stage::Handling });
        assert!(zh.contains("“办理中”") && en.contains("“With departments”"), "{zh} {en}");
        let (zh, en) = say(Refusal::WrongState { state: ThingState::Assignment(AssignmentState::Replied) });
        assert!(zh.contains("“已办复”") && en.contains("“Replied”"), "{zh} {en}");
        // The same word has different names for different objects.
        let (zh, en) = say(Refusal::WrongState { state: ThingState::Assignment(AssignmentState::Cancelled) });
        assert!(zh.contains("“已撤销交办”") && en.contains("“Cancelled”"), "{zh} {en}");
        let (zh, en) = say(Refusal::WrongState { state: ThingState::Bulletin(BulletinState::Cancelled) });
        assert!(zh.contains("“已作废”") && en.contains("“Cancelled”"), "{zh} {en}");
        let (zh, en) = say(Refusal::WrongState { state: ThingState::Endorsement(EndorsementState::Rejected) });
        assert!(zh.contains("“已否定”") && en.contains("“Rejected”"), "{zh} {en}");
        let (zh, en) = say(Refusal::WrongState { state: ThingState::Letter(LetterState::Sent) });
        assert!(zh.contains("“邮件服务器已接收”") && en.contains("“Accepted by the server”"), "{zh} {en}");
        let (zh, en) = say(Refusal::TooLate { limit });
        assert!(zh.contains("2026年1月5日 08:04") && en.contains("5 January 2026, 08:04"), "{zh} {en}");
        let (zh, en) = say(Refusal::AssignmentsOpen { open: 2 });
        assert!(zh.contains("2 个部门") && en.starts_with("2 departments"), "{zh} {en}");
        assert_eq!(stage_for_author(Lang::Zh, Stage::Signing), "审核中");
    }
}

//! The closed vocabularies of the work, each word exactly as the API, the database and the ledger write it.

/// Declares an enum whose variants have one written form, used by serde, the database and the ledger alike.
// `$text` is a token, not a `literal`: a derive cannot inspect the group that the latter creates, and would write variant names into the
// API's document.
macro_rules! words {
    ($($(#[$doc:meta])* enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:tt),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant),*
        }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the written form.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::vocabulary::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err($crate::domain::vocabulary::UnknownWord { vocabulary: stringify!($name), word: other.to_owned() }),
                }
            }
        }
    )*};
}
pub(crate) use words;

/// A word that is not in its vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not a {vocabulary}")]
pub struct UnknownWord {
    /// The vocabulary.
    pub vocabulary: &'static str,
    /// The word.
    pub word: String,
}

words! {
    /// The roles of a person in a channel (`domain.md`, section 1).
    enum Role {
        /// 建言人: writes, submits, revises, follows, rates.
        Submitter = "submitter",
        /// 单位初审员: screens, in the office of the submitter's organisation.
        Screener = "screener",
        /// 审核员: staff of the department, reviews and compiles.
        Reviewer = "reviewer",
        /// 签发人: head of the department, signs.
        Signer = "signer",
        /// 领导: reads forwarded manuscripts and endorses them.
        Leader = "leader",
        /// 秘书: enters a leader's handwritten endorsements.
        Secretary = "secretary",
        /// 督办员: assigns, reminds, checks replies, concludes.
        Dispatcher = "dispatcher",
        /// 承办人: a government department's officer.
        Handler = "handler",
        /// 审计员: reads and verifies the ledger, never a text.
        Auditor = "auditor",
        /// 安全管理员: approves accounts.
        SecurityAdmin = "security_admin",
        /// 系统管理员: settings and operations.
        SystemAdmin = "system_admin",
    }

    /// The editorial state of a manuscript (`domain.md`, section 2).
    enum Stage {
        /// 草稿
        Draft = "draft",
        /// 单位初审
        Screening = "screening",
        /// 待审核
        Review = "review",
        /// 已退回
        Returned = "returned",
        /// 待签发
        Signing = "signing",
        /// 已采用
        Accepted = "accepted",
        /// 已呈送
        Forwarded = "forwarded",
        /// 办理中
        Handling = "handling",
        /// 已办结
        Concluded = "concluded",
        /// 已归档
        Archived = "archived",
        /// 未采用
        Declined = "declined",
        /// 已并案
        Merged = "merged",
        /// 已撤回
        Withdrawn = "withdrawn",
    }

    /// An action on a manuscript. The first block changes the stage or the text, the second adds facts.
    enum Action {
        /// Submits it.
        Submit = "submit",
        /// Withdraws it.
        Withdraw = "withdraw",
        /// The organisation's office passes it.
        PassScreening = "pass_screening",
        /// Returns it to the author for changes.
        Return = "return",
        /// Writes the edited text beside the original.
        Edit = "edit",
        /// Combines an edited text and a corrected original.
        CarryOver = "carry_over",
        /// Drops the edited text, so that the original goes out.
        DropEdited = "drop_edited",
        /// Recommends it to the signers.
        Recommend = "recommend",
        /// Declines it, with the reason.
        Decline = "decline",
        /// Merges it into another manuscript on the same matter.
        Merge = "merge",
        /// Ends the merger.
        Unmerge = "unmerge",
        /// Takes its suggestions into the handling of its target, or states the reason for not taking them.
        DecideMerged = "decide_merged",
        /// Signs it for use.
        Sign = "sign",
        /// The signer returns it to the reviewers.
        SendBack = "send_back",
        /// Issues a bulletin that contains it.
        Issue = "issue",
        /// Cancels a bulletin that contains it.
        Recall = "recall",
        /// Forwards it to leaders without a bulletin.
        Forward = "forward",
        /// Passes a declined one on to another body.
        Refer = "refer",
        /// Takes a declined one up again.
        Reconsider = "reconsider",
        /// Assigns it to departments.
        Assign = "assign",
        /// Concludes it with a result.
        Conclude = "conclude",
        /// Reopens it.
        Reopen = "reopen",
        /// Archives it.
        Archive = "archive",
        /// Undoes a decision within the window.
        Undo = "undo",
        /// Changes the author's text before submission.
        Save = "save",
        /// Discards a draft.
        Discard = "discard",
        /// Invites joint authors, or withdraws their invitations.
        Invite = "invite",
        /// Signs as a joint author.
        CoSign = "co_sign",
        /// Adds or removes an attachment.
        Attach = "attach",
        /// Sets or clears the urgent mark.
        MarkUrgent = "mark_urgent",
        /// Records a leader's endorsement.
        Endorse = "endorse",
        /// Records an adoption.
        RecordAdoption = "record_adoption",
        /// Rates the outcome.
        Rate = "rate",
    }

    /// 建言 · 监督意见 · 调研报告.
    enum Kind {
        /// 建言
        Suggestion = "suggestion",
        /// 监督意见
        Supervision = "supervision",
        /// 调研报告
        Research = "research",
    }

    /// The three parts of a text, and its title.
    enum Part {
        /// 案由
        Title = "title",
        /// 情况问题
        Situation = "situation",
        /// 原因分析
        Causes = "causes",
        /// 建议条目
        Suggestions = "suggestions",
    }

    /// The kind of a text.
    enum TextKind {
        /// 原稿: written by the author.
        Original = "original",
        /// 定稿: edited by the office.
        Edited = "edited",
    }

    /// A department's answer to one suggestion.
    enum Answer {
        /// 采纳
        Adopted = "adopted",
        /// 部分采纳
        PartlyAdopted = "partly_adopted",
        /// 列入计划, with a promised date
        Planned = "planned",
        /// 不采纳, with a reason
        NotAdopted = "not_adopted",
    }

    /// The kind of an organisation.
    enum OrganizationKind {
        /// 民主党派
        Party = "party",
        /// 工商联
        Federation = "federation",
        /// 知联会, 新联会, 留联会
        Association = "association",
        /// 统战部
        UnitedFront = "united_front",
        /// 党委政府
        Leadership = "leadership",
        /// 政府部门
        Department = "department",
        /// 其他
        Other = "other",
    }

    /// Security classification (密级). Only `none` may enter this system.
    enum Classification {
        /// 无
        None = "none",
        /// 秘密
        Confidential = "confidential",
        /// 机密
        Secret = "secret",
        /// 绝密
        TopSecret = "top_secret",
    }

    /// The reason for declining a manuscript; this is the default list, and a channel may have its own.
    enum DeclineReason {
        /// 涉及国家秘密
        StateSecret = "state_secret",
        /// 与法律或国家政策相抵触
        AgainstLaw = "against_law",
        /// 党派团体内部事务
        InternalMatter = "internal_matter",
        /// 诉讼、仲裁、信访中的事项
        Litigation = "litigation",
        /// 纯学术探讨
        Academic = "academic",
        /// 个人或亲属利益
        PersonalInterest = "personal_interest",
        /// 产品推介
        Promotion = "promotion",
        /// 指名举报
        Accusation = "accusation",
        /// 无实质内容或无具体建议
        NoSubstance = "no_substance",
        /// 超出本级权限
        BeyondAuthority = "beyond_authority",
        /// 工作已在开展
        UnderWay = "under_way",
        /// 重复
        Duplicate = "duplicate",
        /// 其他
        Other = "other",
    }
}

impl Role {
    /// 审计员, 安全管理员, 系统管理员: the roles that operate or supervise the system.
    #[must_use]
    pub const fn is_administrative(self) -> bool {
        matches!(self, Self::Auditor | Self::SecurityAdmin | Self::SystemAdmin)
    }

    /// Returns whether this is a role of an office, which a colleague can take over. Personal roles (author, leader) cannot be transferred.
    #[must_use]
    pub const fn is_office(self) -> bool {
        matches!(self, Self::Screener | Self::Reviewer | Self::Signer | Self::Dispatcher | Self::Handler | Self::Secretary)
    }

    /// Returns whether one person may hold both. An administrative role excludes others (`domain.md`, section 1).
    #[must_use]
    pub fn goes_with(self, other: Self) -> bool {
        self == other || !(self.is_administrative() || other.is_administrative())
    }
}

impl Stage {
    /// Returns whether a manuscript in this stage was signed for use.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Accepted | Self::Forwarded | Self::Handling | Self::Concluded)
    }

    /// Returns whether leaders have received a manuscript in this stage.
    #[must_use]
    pub const fn is_forwarded(self) -> bool {
        matches!(self, Self::Forwarded | Self::Handling | Self::Concluded)
    }

    /// Returns whether another manuscript may be merged into one in this stage: active, from review to handling.
    #[must_use]
    pub const fn takes_merged(self) -> bool {
        matches!(self, Self::Review | Self::Signing | Self::Accepted | Self::Forwarded | Self::Handling)
    }

    /// Returns whether others can be merged into one in this stage: none are before it reaches review, and a merged one cannot be a target.
    #[must_use]
    pub const fn keeps_merged(self) -> bool {
        !matches!(self, Self::Draft | Self::Screening | Self::Merged | Self::Withdrawn)
    }
}

impl TextKind {
    /// Returns the name under which a ledger entry states the digest of such a text.
    #[must_use]
    pub const fn ledger_name(self) -> &'static str {
        match self {
            Self::Original => "text",
            Self::Edited => "edited_text",
        }
    }
}

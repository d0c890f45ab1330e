//! Vocabularies of endorsements, adoption records and ratings.

use crate::domain::vocabulary::words;

words! {
    /// The kind of a leader's endorsement (`domain.md`, section 4).
    enum EndorsementKind {
        /// 圈阅: read; does not count as an instruction.
        Noted = "noted",
        /// 批办性: to be carried out.
        Instruction = "instruction",
        /// 指导性
        Guidance = "guidance",
        /// 参阅性
        Reference = "reference",
    }

    /// The state of an endorsement. Only confirmed and countersigned ones have an effect and reach authors.
    enum EndorsementState {
        /// A secretary entered it.
        Entered = "entered",
        /// The leader entered or confirmed it.
        Confirmed = "confirmed",
        /// A second person compared it with the scan.
        Countersigned = "countersigned",
        /// It was rejected as wrong.
        Rejected = "rejected",
    }

    /// The level of an adoption.
    enum AdoptionLevel {
        /// 县
        County = "county",
        /// 市
        City = "city",
        /// 省
        Province = "province",
        /// 中央
        Central = "central",
    }

    /// The form of an adoption.
    enum AdoptionForm {
        /// 单篇
        Single = "single",
        /// 综合
        Compiled = "compiled",
        /// 转送
        Referred = "referred",
    }

    /// A value of a rating.
    enum Satisfaction {
        /// 满意
        Satisfied = "satisfied",
        /// 基本满意
        MostlySatisfied = "mostly_satisfied",
        /// 不满意
        Unsatisfied = "unsatisfied",
    }
}

impl EndorsementState {
    /// Returns whether it has an effect and reaches authors.
    #[must_use]
    pub const fn has_effect(self) -> bool {
        matches!(self, Self::Confirmed | Self::Countersigned)
    }
}

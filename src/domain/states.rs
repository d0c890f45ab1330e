//! The states of assignments and bulletins, separate from their state machines because refusals name them.

use crate::domain::vocabulary::words;

words! {
    /// State of an assignment (`domain.md`, section 5).
    enum AssignmentState {
        /// 待签收
        Dispatched = "dispatched",
        /// 办理中
        Received = "received",
        /// 申请退办
        ReturnRequested = "return_requested",
        /// 已退办
        Returned = "returned",
        /// 已撤销交办
        Cancelled = "cancelled",
        /// 已提出协办意见
        Contributed = "contributed",
        /// 已办复
        Replied = "replied",
        /// 办复通过
        Approved = "approved",
    }

    /// State of a bulletin (`domain.md`, section 4).
    enum BulletinState {
        /// 拟稿
        Draft = "draft",
        /// 待签发
        Submitted = "submitted",
        /// 已印发
        Issued = "issued",
        /// 已作废
        Cancelled = "cancelled",
    }
}

impl AssignmentState {
    /// Returns whether the department has nothing left to do before the manuscript can be concluded.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Returned | Self::Cancelled | Self::Approved | Self::Contributed)
    }

    /// Returns whether the manuscript is assigned to the department, which therefore sees it.
    #[must_use]
    pub const fn is_charged(self) -> bool {
        !matches!(self, Self::Returned | Self::Cancelled)
    }
}

//! Who is to be told what, typed, without words. The words are in the message catalogues; `mail` renders them.

use crate::domain::vocabulary::words;

words! {
    /// Every kind of notice. Each stands in the inbox of its recipient and goes out as a letter.
    enum Letter {
        /// To all authors: it was handed in, here is the receipt.
        Submitted = "submitted",
        /// To the office of the organisation: there is one to screen.
        ArrivedScreening = "arrived_screening",
        /// To the reviewers: there is one to review.
        ArrivedReview = "arrived_review",
        /// To the authors: the organisation's office let it pass.
        ScreeningPassed = "screening_passed",
        /// To the authors: please change it, for this reason.
        Returned = "returned",
        /// To the authors: it has been taken back.
        Withdrawn = "withdrawn",
        /// To whoever decided: the author acted before the decision was announced, and it is void.
        DecisionVoided = "decision_voided",
        /// To the signers: there is one to sign.
        ArrivedSigning = "arrived_signing",
        /// To the reviewers: the signer gave it back.
        SentBack = "sent_back",
        /// To the authors: not used, with the reason.
        Declined = "declined",
        /// To the authors: passed on to another body.
        Referred = "referred",
        /// To the authors: taken up again.
        Reconsidered = "reconsidered",
        /// To the authors: joined with another one.
        Merged = "merged",
        /// To the authors: parted again.
        Unmerged = "unmerged",
        /// To the authors of what was merged: the one that they follow is being corrected by its author.
        TargetReturned = "target_returned",
        /// To the authors of what was merged: the one that they follow was corrected, and goes on.
        TargetSubmitted = "target_submitted",
        /// To the dispatchers: another one was merged into one that they handle; its suggestions wait for a decision.
        MergedToDecide = "merged_to_decide",
        /// To the departments at work on it: another one was merged into it.
        MergedForDepartment = "merged_for_department",
        /// To the leaders who marked it: another one was merged into it.
        MergedForLeader = "merged_for_leader",
        /// To the authors of what was merged: which of their suggestions are answered, and why others are not.
        SuggestionsDecided = "suggestions_decided",
        /// To the department: there are more suggestions to answer.
        SuggestionsAdded = "suggestions_added",
        /// To the department: some suggestions are not to be answered here any more.
        SuggestionsEnded = "suggestions_ended",
        /// To the authors: used.
        Accepted = "accepted",
        /// To the signers: a bulletin is to be signed.
        BulletinSubmitted = "bulletin_submitted",
        /// To the editor: the bulletin was sent back.
        BulletinSentBack = "bulletin_sent_back",
        /// To the authors: it is before the leaders.
        Forwarded = "forwarded",
        /// To leaders and their secretaries: there is one to read.
        ForYourReading = "for_your_reading",
        /// To recipients: a bulletin was cancelled.
        BulletinCancelled = "bulletin_cancelled",
        /// To the authors: back to used, the bulletin was cancelled.
        Recalled = "recalled",
        /// To the leader: a secretary entered an endorsement, please confirm.
        EndorsementEntered = "endorsement_entered",
        /// To who entered it: the endorsement was rejected.
        EndorsementRejected = "endorsement_rejected",
        /// To the authors: a leader has endorsed it.
        Endorsed = "endorsed",
        /// To the dispatchers: a leader has given an instruction.
        InstructionGiven = "instruction_given",
        /// To the handlers of the department: you are charged with this.
        Assigned = "assigned",
        /// To the authors: departments are at work on it.
        HandlingBegan = "handling_began",
        /// To the dispatchers: received by the department.
        AssignmentReceived = "assignment_received",
        /// To the dispatchers: a department asks to return it.
        ReturnRequested = "return_requested",
        /// To the handlers: the decision on that.
        ReturnDecided = "return_decided",
        /// To the dispatchers: a department asks for more time.
        ExtensionRequested = "extension_requested",
        /// To the handlers: the decision on that.
        ExtensionDecided = "extension_decided",
        /// To the lead department: an assisting one has answered.
        Contributed = "contributed",
        /// To the dispatchers: a department has replied.
        Replied = "replied",
        /// To the handlers: the reply is not accepted, with the reason.
        ReplyRejected = "reply_rejected",
        /// To the authors and handlers: the reply stands.
        ReplyApproved = "reply_approved",
        /// To the department: its reply was approved.
        ReplyPassed = "reply_passed",
        /// To the handlers: please hurry.
        Urged = "urged",
        /// To the handlers: the assignment was cancelled.
        AssignmentCancelled = "assignment_cancelled",
        /// To authors and dispatchers: progress on carrying it out.
        ImplementationReported = "implementation_reported",
        /// To authors and dispatchers: it has been carried out.
        Implemented = "implemented",
        /// To the authors: concluded, please rate.
        Concluded = "concluded",
        /// To the leaders who marked it: the result.
        ResultForLeader = "result_for_leader",
        /// To the authors: opened again.
        Reopened = "reopened",
        /// To the dispatchers: an author is not satisfied.
        RatedUnsatisfied = "rated_unsatisfied",
        /// To the authors: some level took it up.
        AdoptionRecorded = "adoption_recorded",
        /// To an invited joint author: please sign or decline.
        Invited = "invited",
        /// To a joint author: the invitation was taken back.
        InvitationWithdrawn = "invitation_withdrawn",
        /// To the first author: who was invited does not sign.
        InvitationDeclined = "invitation_declined",
        /// To the authors: the text that was signed has to be put right, so that it is reviewed and signed again.
        ReviewAgain = "review_again",
        /// To the signers: the text before them, or that they signed, has been changed and is back in review.
        SignedTextChanged = "signed_text_changed",
        /// To the editor: a manuscript of a submitted bulletin is back in review, and with it the bulletin is a draft again.
        BulletinTextChanged = "bulletin_text_changed",
        /// To the first author: a joint author has signed.
        CoSigned = "co_signed",
        /// To joint authors: the text changed, please sign again.
        SignatureVoided = "signature_voided",
        /// To the desk or department: a limit of time comes near.
        DueSoon = "due_soon",
        /// To the desk or department: the limit is today.
        DueToday = "due_today",
        /// To the desk or department: the limit has passed.
        Overdue = "overdue",
        /// To who watches over it: the limit of a desk or department has passed.
        OverdueAbove = "overdue_above",
        /// To the desk or department: a limit was counted again, since a year of the calendar was loaded or changed.
        DueChanged = "due_changed",
        /// To dispatchers, and as far as they read the date to the authors and the leader whose instruction it is: a department's limit was
        /// counted again.
        DepartmentDueChanged = "department_due_changed",
        /// To the dispatchers and administrators: a letter could not be delivered.
        MailFailed = "mail_failed",
        /// To the administrators: work waits for a role that nobody holds.
        QueueUnstaffed = "queue_unstaffed",
        /// To the auditors: the ledger's newest checkpoint, to be kept outside.
        Checkpoint = "checkpoint",
        /// To the auditors: the ledger goes on without entries that had been signed.
        LedgerResumed = "ledger_resumed",
        /// To the auditors: another key signs the ledger.
        LedgerKeyChanged = "ledger_key_changed",
        /// To a new person: the one-time link to set a password.
        AccountCreated = "account_created",
        /// To a person who forgot the password: the one-time link.
        PasswordReset = "password_reset",
        /// To a person: the password was changed.
        PasswordChanged = "password_changed",
        /// To a stand-in: named for a period.
        StandInNamed = "stand_in_named",
        /// To the successor: a desk was handed over.
        HandedOver = "handed_over",
    }

    /// What has become of a letter.
    enum LetterState {
        /// Waits to be sent.
        Queued = "queued",
        /// A worker has it.
        Leased = "leased",
        /// The mail server accepted it.
        Sent = "sent",
        /// Only written to a file of the server: it went to nobody.
        Filed = "filed",
        /// Given up; a person must look.
        Failed = "failed",
        /// Its reason has gone.
        Revoked = "revoked",
        /// Its recipient may not have it any more, or can't.
        Withheld = "withheld",
        /// Only in the inbox.
        None = "none",
    }

    /// Why a letter was not sent, found out right before.
    enum WithheldReason {
        /// The account is suspended.
        Suspended = "suspended",
        /// They have no address any more.
        NoAddress = "no_address",
        /// They do not belong to those whom the letter is for any more.
        NotRecipient = "not_recipient",
        /// Its one-time link was replaced by a newer one, was used, or has run out.
        LinkEnded = "link_ended",
    }

    /// A stage of the dialogue with a mail server, in their order.
    enum MailStage {
        /// Reaching it.
        Connect = "connect",
        /// Agreeing on encryption.
        Tls = "tls",
        /// Its greeting, and its answer to ours.
        Greeting = "greeting",
        /// Signing in.
        SignIn = "sign_in",
        /// Whether it takes letters of our sender.
        Sender = "sender",
        /// Whether it takes letters to the recipient.
        Recipient = "recipient",
        /// The letter itself.
        Message = "message",
    }

    /// Groups of people that a notice goes to; resolved to persons when the act is recorded.
    enum Audience {
        /// Every author, and those of manuscripts merged into it.
        Authors = "authors",
        /// The screeners of the author's organisation.
        Screeners = "screeners",
        /// The channel's reviewers.
        Reviewers = "reviewers",
        /// The channel's signers.
        Signers = "signers",
        /// The channel's dispatchers.
        Dispatchers = "dispatchers",
        /// The leaders who receive it, and their secretaries.
        Recipients = "recipients",
        /// The leaders whose endorsement has effect.
        Endorsers = "endorsers",
        /// The handlers of the charged departments.
        Handlers = "handlers",
        /// Persons whom the act itself names (an invited author, a stand-in, an editor).
        Named = "named",
        /// The system administrators.
        Administrators = "administrators",
        /// The auditors.
        Auditors = "auditors",
    }
}

impl Letter {
    /// The letter that tells authors of a merged manuscript of what this one tells the target's own authors. They are not asked to
    /// correct what is not theirs, and have handed nothing in.
    #[must_use]
    pub const fn to_merged(self) -> Self {
        match self {
            Self::Returned => Self::TargetReturned,
            Self::Submitted => Self::TargetSubmitted,
            other => other,
        }
    }
}

/// One line of a transition's notices: who is told, by which letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeRule {
    /// Who.
    pub audience: Audience,
    /// What.
    pub letter: Letter,
}

/// Shorthand for the tables.
#[must_use]
pub const fn tell(audience: Audience, letter: Letter) -> NoticeRule {
    NoticeRule { audience, letter }
}

//! Notices and their audiences as types, without text. The texts are in the message catalogues; `mail` renders them.

use crate::domain::vocabulary::words;

words! {
    /// The kinds of notices. Each is shown in the inbox of its recipient and sent as a letter.
    enum Letter {
        /// To all authors: it was submitted, with the receipt.
        Submitted = "submitted",
        /// To the screeners of the organisation: a manuscript is to be screened.
        ArrivedScreening = "arrived_screening",
        /// To the reviewers: a manuscript is to be reviewed.
        ArrivedReview = "arrived_review",
        /// To the authors: the organisation's office passed it.
        ScreeningPassed = "screening_passed",
        /// To the authors: changes are requested, with the reason.
        Returned = "returned",
        /// To the authors: it was withdrawn.
        Withdrawn = "withdrawn",
        /// To the person who decided: the author acted before the decision was announced, and it is void.
        DecisionVoided = "decision_voided",
        /// To the signers: a manuscript is to be signed.
        ArrivedSigning = "arrived_signing",
        /// To the reviewers: the signer returned it.
        SentBack = "sent_back",
        /// To the authors: declined, with the reason.
        Declined = "declined",
        /// To the authors: passed on to another body.
        Referred = "referred",
        /// To the authors: taken up again.
        Reconsidered = "reconsidered",
        /// To the authors: merged into another one.
        Merged = "merged",
        /// To the authors: the merger has ended.
        Unmerged = "unmerged",
        /// To the authors of a merged manuscript: the target is being corrected by its author.
        TargetReturned = "target_returned",
        /// To the authors of a merged manuscript: the target was corrected, and proceeds.
        TargetSubmitted = "target_submitted",
        /// To the dispatchers: another one was merged into one that they handle; its suggestions wait for a decision.
        MergedToDecide = "merged_to_decide",
        /// To the departments that work on it: another one was merged into it.
        MergedForDepartment = "merged_for_department",
        /// To the leaders who endorsed it: another one was merged into it.
        MergedForLeader = "merged_for_leader",
        /// To the authors of a merged manuscript: which of their suggestions are answered, and why others are not.
        SuggestionsDecided = "suggestions_decided",
        /// To the department: there are more suggestions to answer.
        SuggestionsAdded = "suggestions_added",
        /// To the department: some suggestions no longer have to be answered.
        SuggestionsEnded = "suggestions_ended",
        /// To the authors: accepted.
        Accepted = "accepted",
        /// To the signers: a bulletin is to be signed.
        BulletinSubmitted = "bulletin_submitted",
        /// To the editor: the bulletin was sent back.
        BulletinSentBack = "bulletin_sent_back",
        /// To the authors: it was forwarded to leaders.
        Forwarded = "forwarded",
        /// To leaders and their secretaries: a manuscript is to be read.
        ForYourReading = "for_your_reading",
        /// To recipients: a bulletin was cancelled.
        BulletinCancelled = "bulletin_cancelled",
        /// To the authors: accepted again, because the bulletin was cancelled.
        Recalled = "recalled",
        /// To the leader: a secretary entered an endorsement, which is to be confirmed.
        EndorsementEntered = "endorsement_entered",
        /// To the person who entered it: the endorsement was rejected.
        EndorsementRejected = "endorsement_rejected",
        /// To the authors: a leader has endorsed it.
        Endorsed = "endorsed",
        /// To the dispatchers: a leader has given an instruction.
        InstructionGiven = "instruction_given",
        /// To the handlers of the department: the manuscript is assigned to it.
        Assigned = "assigned",
        /// To the authors: departments are working on it.
        HandlingBegan = "handling_began",
        /// To the dispatchers: the department has confirmed receipt.
        AssignmentReceived = "assignment_received",
        /// To the dispatchers: a department requests to return it.
        ReturnRequested = "return_requested",
        /// To the handlers: the decision on that request.
        ReturnDecided = "return_decided",
        /// To the dispatchers: a department requests an extension.
        ExtensionRequested = "extension_requested",
        /// To the handlers: the decision on that request.
        ExtensionDecided = "extension_decided",
        /// To the lead department: an assisting one has answered.
        Contributed = "contributed",
        /// To the dispatchers: a department has replied.
        Replied = "replied",
        /// To the handlers: the reply is rejected, with the reason.
        ReplyRejected = "reply_rejected",
        /// To the authors and handlers: the reply is approved.
        ReplyApproved = "reply_approved",
        /// To the department: its reply was approved.
        ReplyPassed = "reply_passed",
        /// To the handlers: a reminder by the dispatcher.
        Urged = "urged",
        /// To the handlers: the assignment was cancelled.
        AssignmentCancelled = "assignment_cancelled",
        /// To authors and dispatchers: progress of the implementation.
        ImplementationReported = "implementation_reported",
        /// To authors and dispatchers: it is implemented.
        Implemented = "implemented",
        /// To the authors: concluded, with the request for a rating.
        Concluded = "concluded",
        /// To the leaders who endorsed it: the result.
        ResultForLeader = "result_for_leader",
        /// To the authors: reopened.
        Reopened = "reopened",
        /// To the dispatchers: an author is not satisfied.
        RatedUnsatisfied = "rated_unsatisfied",
        /// To the authors: an adoption was recorded.
        AdoptionRecorded = "adoption_recorded",
        /// To an invited joint author: a signature is requested.
        Invited = "invited",
        /// To a joint author: the invitation was withdrawn.
        InvitationWithdrawn = "invitation_withdrawn",
        /// To the first author: the invited person declined.
        InvitationDeclined = "invitation_declined",
        /// To the authors: the signed text has to be corrected, so that it is reviewed and signed again.
        ReviewAgain = "review_again",
        /// To the signers: the text that waits for their signature, or that they signed, was changed and is in review again.
        SignedTextChanged = "signed_text_changed",
        /// To the editor: a manuscript of a submitted bulletin is in review again, so that the bulletin is a draft again.
        BulletinTextChanged = "bulletin_text_changed",
        /// To the first author: a joint author has signed.
        CoSigned = "co_signed",
        /// To joint authors: the text has changed and has to be signed again.
        SignatureVoided = "signature_voided",
        /// To the queue or department: a due date approaches.
        DueSoon = "due_soon",
        /// To the queue or department: the due date is today.
        DueToday = "due_today",
        /// To the queue or department: the due date has passed.
        Overdue = "overdue",
        /// To those who supervise it: the due date of a queue or department has passed.
        OverdueAbove = "overdue_above",
        /// To the queue or department: a due date was recomputed, because a year of the calendar was loaded or changed.
        DueChanged = "due_changed",
        /// To dispatchers, and, if they read the date, to the authors and the leader whose instruction it is: a department's due date was
        /// recomputed.
        DepartmentDueChanged = "department_due_changed",
        /// To the dispatchers and administrators: a letter could not be delivered.
        MailFailed = "mail_failed",
        /// To the administrators: work waits for a role without holders.
        QueueUnstaffed = "queue_unstaffed",
        /// To the auditors: the ledger's newest checkpoint, to be stored outside.
        Checkpoint = "checkpoint",
        /// To the auditors: the ledger was resumed without entries that had been signed.
        LedgerResumed = "ledger_resumed",
        /// To the auditors: another key signs the ledger.
        LedgerKeyChanged = "ledger_key_changed",
        /// To a new person: the one-time link to set a password.
        AccountCreated = "account_created",
        /// To a person who has forgotten the password: the one-time link.
        PasswordReset = "password_reset",
        /// To a person: the password was changed.
        PasswordChanged = "password_changed",
        /// To a stand-in: named for a period.
        StandInNamed = "stand_in_named",
        /// To the successor: roles were handed over.
        HandedOver = "handed_over",
    }

    /// The state of a letter.
    enum LetterState {
        /// It waits to be sent.
        Queued = "queued",
        /// A worker has taken it.
        Leased = "leased",
        /// The mail server has accepted it.
        Sent = "sent",
        /// It was only written to a file of the server, and not delivered.
        Filed = "filed",
        /// It was given up; a person must act.
        Failed = "failed",
        /// Its reason has ceased.
        Revoked = "revoked",
        /// Its recipient may no longer receive it, or cannot.
        Withheld = "withheld",
        /// It is only shown in the inbox.
        None = "none",
    }

    /// The reason why a letter was not sent, determined right before sending.
    enum WithheldReason {
        /// The account is suspended.
        Suspended = "suspended",
        /// The recipient has no address any more.
        NoAddress = "no_address",
        /// The recipient no longer belongs to the letter's audience.
        NotRecipient = "not_recipient",
        /// Its one-time link was replaced by a newer one, was used, or has expired.
        LinkEnded = "link_ended",
    }

    /// The stages of the dialogue with a mail server, in order.
    enum MailStage {
        /// Connecting.
        Connect = "connect",
        /// Negotiating encryption.
        Tls = "tls",
        /// The greetings of both sides.
        Greeting = "greeting",
        /// Authentication.
        SignIn = "sign_in",
        /// Acceptance of the sender.
        Sender = "sender",
        /// Acceptance of the recipient.
        Recipient = "recipient",
        /// The letter itself.
        Message = "message",
    }

    /// Groups of recipients; resolved to persons when the act is recorded.
    enum Audience {
        /// Every author, including those of manuscripts merged into it.
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
        /// The leaders whose endorsement is in effect.
        Endorsers = "endorsers",
        /// The handlers of the assigned departments.
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
    /// Returns the letter by which authors of a merged manuscript are informed of what this one tells the target's own authors. They are
    /// not asked to correct another author's text, and have submitted nothing.
    #[must_use]
    pub const fn to_merged(self) -> Self {
        match self {
            Self::Returned => Self::TargetReturned,
            Self::Submitted => Self::TargetSubmitted,
            other => other,
        }
    }
}

/// One notification of a transition: the audience, and the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeRule {
    /// The audience.
    pub audience: Audience,
    /// The letter.
    pub letter: Letter,
}

/// Shorthand for the tables.
#[must_use]
pub const fn tell(audience: Audience, letter: Letter) -> NoticeRule {
    NoticeRule { audience, letter }
}

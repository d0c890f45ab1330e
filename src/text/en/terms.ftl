# The words of the work. The word in a key is the one that the program and the API write.

## Where a manuscript stands, as staff read it

stage-draft = Draft
stage-screening = With the organisation's office
stage-review = To review
stage-returned = Returned
stage-signing = To sign
stage-accepted = Used
stage-forwarded = Before the leaders
stage-handling = With departments
stage-concluded = Concluded
stage-archived = Archived
stage-declined = Not used
stage-merged = Merged
stage-withdrawn = Withdrawn

## Where a manuscript stands, as its authors read it

stage-author-draft = Draft
stage-author-screening = With your organisation's office
stage-author-review = Under review
stage-author-returned = Please revise
stage-author-signing = Under review
stage-author-accepted = Used
stage-author-forwarded = Before the leaders
stage-author-handling = With departments
stage-author-concluded = Concluded, please rate
stage-author-archived = Archived
stage-author-declined = Not used
stage-author-merged = Handled together with a similar one
stage-author-withdrawn = Withdrawn
stage-author-merged-returned = Being revised by the other author

## What a person may be in a channel

role-submitter = Submitter
role-screener = Screener
role-reviewer = Reviewer
role-signer = Signer
role-leader = Leader
role-secretary = Secretary
role-dispatcher = Dispatcher
role-handler = Handler
role-auditor = Auditor
role-security_admin = Security administrator
role-system_admin = System administrator

## What can be done to a manuscript: the words on a button

action-submit = Submit
action-withdraw = Withdraw
action-pass_screening = Pass to review
action-return = Return for changes
action-edit = Edit
action-carry_over = Update the edited text
action-drop_edited = Drop the edited text
action-recommend = Recommend
action-decline = Decline
action-merge = Merge
action-unmerge = Unmerge
action-decide_merged = Decide on merged suggestions
action-sign = Sign
action-send_back = Send back
action-issue = Issue in a bulletin
action-recall = Recall with the bulletin
action-forward = Forward to leaders
action-refer = Refer
action-reconsider = Reconsider
action-assign = Assign
action-conclude = Conclude
action-reopen = Reopen
action-archive = Archive
action-undo = Undo
action-save = Save
action-discard = Discard the draft
action-invite = Invite joint authors
action-co_sign = Sign as joint author
action-attach = Attachments
action-mark_urgent = Mark as urgent
action-endorse = Endorse
action-record_adoption = Record an adoption
action-rate = Rate

## What sort of text it is

kind-suggestion = Suggestion
kind-supervision = Supervision finding
kind-research = Research report

## The parts of a text

part-title = Title
part-situation = Situation and problem
part-causes = Causes
part-suggestions = Suggestions

## Whose words a text is

text-kind-original = Original
text-kind-edited = Edited text

## A department's answer to one suggestion

answer-adopted = Adopted
answer-partly_adopted = Partly adopted
answer-planned = Planned
answer-not_adopted = Not adopted

## What sort of body an organisation is

organization-kind-party = Democratic party
organization-kind-federation = Federation of industry and commerce
organization-kind-association = Association
organization-kind-united_front = United front work department
organization-kind-leadership = Party committee and government
organization-kind-department = Government department
organization-kind-other = Other

## Security classification

classification-none = None
classification-confidential = Confidential
classification-secret = Secret
classification-top_secret = Top secret

## Why a manuscript is not used (the default list)

decline-reason-state_secret = Touches state secrets
decline-reason-against_law = Against the law or national policy
decline-reason-internal_matter = An internal matter of a party or organisation
decline-reason-litigation = In litigation, arbitration or petition
decline-reason-academic = Purely academic
decline-reason-personal_interest = Personal or family interest
decline-reason-promotion = Promotion of a product
decline-reason-accusation = Accusation against a named person
decline-reason-no_substance = No substance or no suggestion
decline-reason-beyond_authority = Beyond local authority
decline-reason-under_way = Already under way
decline-reason-duplicate = Duplicate
decline-reason-other = Other

## Where an assignment stands

assignment-state-dispatched = Waiting to be received
assignment-state-received = In progress
assignment-state-return_requested = Return requested
assignment-state-returned = Returned
assignment-state-cancelled = Cancelled
assignment-state-contributed = Opinion given
assignment-state-replied = Replied
assignment-state-approved = Reply approved

## How departments share an assignment

assignment-form-single = One department
assignment-form-split = Split
assignment-form-joint = Joint

## A department's part in a joint assignment

assignment-part-lead = Lead
assignment-part-assisting = Assisting

## Where a bulletin stands

bulletin-state-none = Not begun
bulletin-state-draft = Draft
bulletin-state-submitted = To sign
bulletin-state-issued = Issued
bulletin-state-cancelled = Cancelled

## How a bulletin holds its manuscripts

bulletin-kind-single = Single
bulletin-kind-compiled = Compiled
bulletin-kind-referred = Referred

## What a leader's endorsement is

endorsement-kind-noted = Read
endorsement-kind-instruction = Instruction
endorsement-kind-guidance = Guidance
endorsement-kind-reference = For reference

## Where an endorsement stands

endorsement-state-entered = To be confirmed
endorsement-state-confirmed = Confirmed
endorsement-state-countersigned = Countersigned
endorsement-state-rejected = Rejected

## What can be done to an endorsement that was entered for a leader: the words on a button

endorsement-action-confirm = Confirm
endorsement-action-countersign = Countersign
endorsement-action-reject = Reject
endorsement-action-undo = Take back

## How the author was consulted

consultation-visit = In person
consultation-meeting = Meeting
consultation-phone = Telephone
consultation-email = E-mail
consultation-letter = Letter
consultation-other = Other

## Levels of government

adoption-level-county = County
adoption-level-city = City
adoption-level-province = Province
adoption-level-central = Central

## An author's rating

satisfaction-satisfied = Satisfied
satisfaction-mostly_satisfied = Mostly satisfied
satisfaction-unsatisfied = Not satisfied

## Where a letter stands

mail-state-none = Inbox only
mail-state-queued = Queued
mail-state-leased = Being sent
mail-state-sent = Accepted by the server
mail-state-failed = Failed
mail-state-revoked = Revoked
mail-state-filed = Only written to a file, not sent
mail-state-withheld = Not sent
withheld-suspended = Not sent: the account is suspended
withheld-no_address = Not sent: the recipient has no e-mail address
withheld-not_recipient = Not sent: right before sending, the recipient was no longer among those who may have it
withheld-link_ended = Not sent: its one-time link was used, replaced, or has run out
mail-stage-connect = connecting
mail-stage-tls = encryption
mail-stage-greeting = the server's greeting
mail-stage-sign_in = signing in
mail-stage-sender = the sender's address
mail-stage-recipient = the recipient's address
mail-stage-message = the message itself
mail-route-file = Files (nobody gets them)
mail-route-smtp = Mail server (SMTP)
mail-security-tls = TLS from the start
mail-security-starttls = STARTTLS
mail-security-opportunistic = Encrypted where the server offers it
mail-security-none = Not encrypted
webhook-format-generic = Generic (signed JSON)
webhook-format-wecom = WeCom group robot
webhook-format-dingtalk = DingTalk group robot
webhook-format-feishu = Feishu group robot
webhook-fault-unreadable = the stored address can't be decrypted on this server; please type it again
webhook-fault-no_host = the receiver's host name was not found
webhook-fault-not_allowed = the receiver's address is not allowed: messages go to public addresses over https, or to the networks in webhooks.allowed_networks of the server's configuration
webhook-fault-no_connection = the receiver can't be reached
webhook-fault-tls = no encrypted connection to the receiver; its certificate may be untrusted or expired
webhook-fault-timed_out = the receiver did not answer in time
webhook-fault-redirect = the receiver points to another address, which is not followed; please type the final one
webhook-fault-status = the receiver answered with a status that means it did not accept the message
webhook-fault-too_large = the receiver's answer is too long
webhook-fault-robot = the robot returned an error
webhook-fault-bad_answer = the answer is not one of such a robot; please check format and address
webhook-fault-busy = other trials are running; please try again later

## What can be done to an assignment: the words on a button

assignment-action-receive = Receive
assignment-action-request_return = Ask to return it
assignment-action-grant_return = Agree to take it back
assignment-action-refuse_return = Refuse to take it back
assignment-action-request_extension = Ask for more time
assignment-action-decide_extension = Decide on more time
assignment-action-contribute = Give an opinion
assignment-action-reply = Reply
assignment-action-approve = Approve the reply
assignment-action-reject = Reject the reply
assignment-action-urge = Urge
assignment-action-report = Report progress
assignment-action-cancel = Cancel
assignment-action-attach = Attachments

## What can be done to a bulletin: the words on a button

bulletin-action-compose = Begin a bulletin
bulletin-action-edit = Edit
bulletin-action-discard = Discard
bulletin-action-submit = Submit
bulletin-action-send_back = Send back
bulletin-action-issue = Issue
bulletin-action-cancel = Cancel

## How a recipient stands in the foot of a bulletin

recipient-kind-report = To superiors
recipient-kind-send = To equals
recipient-kind-distribute = To subordinates

## In which form another level took it up

adoption-form-single = Single
adoption-form-compiled = Compiled
adoption-form-referred = Referred

## Who is told: shown before a decision

audience-authors = The authors
audience-screeners = The organisation's screeners
audience-reviewers = The reviewers
audience-signers = The signers
audience-dispatchers = The dispatchers
audience-recipients = The leaders who receive it, and their secretaries
audience-endorsers = The leaders who marked it
audience-handlers = The departments
audience-named = The person named
audience-administrators = The system administrators
audience-auditors = The auditors

## What an act must carry: shown beside the button

need-form = The complete form with its declarations
need-reason = A reason
need-reason_code = The reason from the list
need-opinion = An opinion
need-target = The manuscript to merge into
need-recipients = The leaders who are to read it
need-addressee = The body that it is passed on to
need-departments = The departments and their deadline
need-result = The result
need-reason_or_reply = After a reopening: a new answer, or a reason that the author reads
need-reason_or_suggestions = The suggestions that are taken; for the others a reason that the author reads

## Who may act, in which relation to the manuscript

who-first_author = The first author (or who entered it for them)
who-any_author = Each author
who-screener = A screener of the author's organisation
who-reviewer = A reviewer
who-signer = A signer
who-dispatcher = A dispatcher
who-leader = A leader who received it
who-secretary = The secretary of such a leader
who-handler = An officer of a charged department

## What else must hold

guard-every_signature = Every invited author has signed
guard-nothing_merged = Nothing is merged into it
guard-was_merged = It was merged before it was archived
guard-merge_target = The target is another one, stands between review and handling, and is not merged itself
guard-target_open = The manuscript that it was merged into has not concluded
guard-target_handled = The manuscript that it was merged into is before leaders or with departments
guard-merged_decided = In handling: what is merged into it was decided on, and suggestions that were taken are assigned
guard-not_answered_alone = No department is at work on its suggestions and on nothing else
guard-assignments_settled = Every department has finished, returned it or been relieved of it
guard-was_accepted = It was used
guard-was_forwarded = It was before leaders
guard-was_concluded = It, or the one that it was merged into, has concluded
guard-four_eyes = Neither recommended nor edited by the same person
guard-text_current = There is no edited text, or it was made from the newest original
guard-text_outdated = The original was corrected and the edited text has not been updated
guard-has_edited = There is an edited text
guard-undoable = By the same person, within the window, and nobody has acted on it

## The queues of work

work-queue-drafts = Writing
work-queue-screening = Screening
work-queue-review = Review
work-queue-signing = Signature
work-queue-circulation = Forwarding
work-queue-reading = Endorsement
work-queue-dispatch = Dispatch
work-queue-receipt = Receipt
work-queue-reply = Reply

## The reasons for what the program does by itself

reopened-by-instruction = A leader gave a new instruction.

job-kind-seal = Sealing the ledger
job-kind-deliver_mail = Sending letters
job-kind-remind = Reminders
job-kind-staffing = Looking for queues that nobody works
job-kind-recompute_due_dates = Counting due dates again
job-kind-check_ledger = Checking the ledger
job-kind-anchor = Checkpoints to auditors
job-kind-archive = Archiving
job-kind-close_windows = Ending undo windows
job-kind-endorsements = Effects of endorsements
job-kind-count_statistics = Counting for statistics
job-kind-housekeeping = Removing expired data
job-kind-backup = Backup
job-kind-call_webhook = Messages to group chats
job-state-waiting = waiting
job-state-running = running
job-state-done = done
job-state-dead = dead
job-state-discarded = discarded
job-fault-failed = it failed
job-fault-panicked = the program broke off
job-fault-unreadable = its content can’t be read
job-fault-timed_out = it took too long
job-fault-abandoned = the server that ran it went away
## Days of the week

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday

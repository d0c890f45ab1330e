# Texts of the pages: people, organisations, settings, calendar, letters, health.

## People

people-new = New person
people-search = Name or sign-in name
people-any = Any
people-only-suspended = Suspended only
people-find = Find
people-all = Show all
people-none = Nobody found
people-none-words = Nobody fits. Ask for less, or make a new person.
people-state = Account
people-active = Active
people-suspended = Suspended
people-suspended-since = suspended since { $date }
people-no-password = No password yet
people-password-set = Set
people-edit = Change details
people-created = Account since
people-open = Sign-ins and tokens
people-open-count = { $n ->
    [one] One is open
   *[other] { $n } are open
}
account-password-short = Password
people-roles = Roles
people-give-role = Give a role
people-no-roles = No role yet: after signing in there is nothing to do.
people-since = Since
people-revoke = Revoke
people-revoke-this = Revoke the role { $role }
people-revoke-words = It is gone at once, with the person's next request. Giving and revoking are recorded in the ledger.
people-acts = What you can do
people-link-words = Sends a one-time link to the person's mailbox, to set a password. You don't see it; older links die.
people-send-link = Send one-time link
people-own = This is your own account. Suspending it and giving roles takes another administrator.
people-handover-words = When somebody leaves the post: roles and waiting work go to the successor.
people-suspend-words = The person is signed out at once and all tokens die. Manuscripts and records stay. No notice is sent.
people-suspend = Suspend account
people-resume-words = The person can sign in again with the same password.
people-resume = Open account again
people-login-hint = 2 to 64 small letters and digits, with dots or hyphens
people-optional = Optional
people-email-hint = Letters and the link to set a password go there
people-first-role = Role
people-first-role-hint = More can be given later
people-no-role = None for now
people-serves = Which leader is served
people-serves-hint = Only for a secretary
people-nobody = None
people-new-who = The person, by a one-time link to set a password.
people-new-clock = The password must be set before the link expires; another link can be sent.
people-add = Make account and send link
people-role-hint = Administrators and auditors can't hold other roles
people-role-organization = For which organisation
people-role-clock = At once. It is recorded in the ledger; no notice is sent.
people-same-organization = People of the same organisation
people-handover-clock = At once; time limits run on. The person no longer has these roles.
done-person-added = The account is there; the link to set a password is on its way.
done-suspended = The account is suspended.
done-resumed = The account is open again.
done-link-sent = The one-time link is on its way.
done-role-given = The role was given.
done-role-revoked = The role was revoked.

## Settings

settings-words = Name, time limits, reminders and lists. Everything has a usual value and works as it is.
settings-sections = Parts of this page
settings-from-now = New settings hold from the moment you save them. Due dates already given stay, and what has been done is not touched. The change goes into the ledger.
settings-save = Save settings
settings-usual = { $why } Usually { $usual }.
settings-theirs = { $name }: what is kept now is { $value }
settings-working-days = working days
settings-months = months
settings-days = days
settings-minutes = minutes
settings-about = The channel
settings-about-words = The name that people see on every page and in every letter.
settings-name = Name
settings-name-hint = The full name, for example “澄江县建言献策直通车”.
settings-office = Limits for the office
settings-office-words = Counted from the day after a manuscript arrives, to the end of office hours on the last day. Urgent manuscripts have half, rounded up.
settings-screening_days = Screening
settings-screening_days-hint = How long an organisation has for its first look.
settings-review_days = Review
settings-review_days-hint = How long a reviewer has to decide.
settings-signing_days = Signing
settings-signing_days-hint = How long the signer has to sign or send back.
settings-leaders = Limits for leaders' instructions
settings-leaders-words = How long departments have to answer what a leader asks for. A date that the leader names himself comes first.
settings-instruction_urgent_days = Urgent instruction
settings-instruction_urgent_days-hint = Time to answer an instruction on an urgent manuscript.
settings-instruction_days = Other instruction
settings-instruction_days-hint = Time to answer any other instruction.
settings-instruction_max_days = Instruction at most
settings-instruction_max_days-hint = The longest time that can be given, extensions included.
settings-departments = Limits for departments
settings-departments-words = For what the dispatcher assigns without a leader's instruction.
settings-assignment_months = Assignment
settings-assignment_months-hint = Time to answer an assignment.
settings-assignment_max_months = Assignment at most
settings-assignment_max_months-hint = The longest time that can be given, extensions included.
settings-assisting_months = Assisting opinion
settings-assisting_months-hint = Time for an assisting department to give its opinion to the lead.
settings-receipt_days = Receipt
settings-receipt_days-hint = Time to confirm that an assignment has arrived.
settings-return_request_days = Asking to return
settings-return_request_days-hint = Time in which a department may ask to return what is not its business; later it can't.
settings-second_reply_days = Second reply
settings-second_reply_days-hint = Time to answer again after a reply was rejected.
settings-hours = Office hours and reminders
settings-hours-words = Limits end with the office day. Reminders go out in office hours on working days only.
settings-opens_at = Office opens
settings-opens_at-hint = No reminder goes out before.
settings-closes_at = Office closes
settings-closes_at-hint = What is due on a day is due then.
settings-remind_before_days = Reminders before
settings-remind_before_days-hint = How many working days before the due date; several with commas between, empty for none. On the day and after it people are always reminded.
settings-time_zone = Time zone
settings-time_zone-hint = All of China has Beijing time; usually nothing to change.
settings-lists = Categories and lists
settings-lists-words = What people choose from. One a line, the topmost first. Manuscripts that already have an item keep it when you take it away.
settings-categories = Categories of manuscripts
settings-categories-hint = Authors choose one. One a line.
settings-series = Series of bulletins
settings-series-hint = Editors choose one; each counts its own issues. One a line.
settings-result_categories = Categories of results
settings-result_categories-hint = Departments choose one when they reply. One a line, written like “A: solved”.
settings-decline_reasons = Reasons for declining
settings-decline_reasons-hint = What a reviewer may choose when a manuscript is not used. Keep at least one.
settings-rest = Undo and archive
settings-rest-words = How long a mistake can be taken back, and how long finished manuscripts stay.
settings-undo_minutes = Time to undo
settings-undo_minutes-hint = How long one can take back a decision; letters wait as long. 0 switches it off, empty takes the installation's.
settings-archive_after_days = Archive by itself
settings-archive_after_days-hint = When nothing has happened for so long to a manuscript that is finished or not used. 0 leaves it to people.
done-settings-saved = The settings are saved and hold from now on.

## Health

health-words = How letters, the ledger, background work and the server fare. Where something is wrong, what to do stands beside it.
health-all-good = All is well
health-look-at = { $n ->
    [one] One thing to look at
   *[other] { $n } things to look at
}
health-good = Good
health-look = Look
health-none = None
health-waiting = { $count }, the oldest { $since }.
health-letters = Letters
health-letters-waiting = Waiting to be sent
health-letters-todo = See which; check the mail server and the network
health-given-up = Given up
health-given-up-todo = See which; check the addresses and send them again
health-ledger = Ledger
health-unsealed = Not yet sealed
health-unsealed-todo = Entries should get their positions within seconds. See that the service runs, then look into the server's log.
health-checkpoint = Checkpoint
health-no-checkpoint = None has been signed yet.
health-checkpoint-all = Signed { $ago }, holds all { $size } entries.
health-checkpoint-some = Signed { $ago }, holds { $size } entries; { $rest } since.
health-checkpoint-todo = Checkpoints should be signed regularly. See that the service runs and that the key file is there.
health-jobs = Background work
health-job-letters = Sending letters
health-job-seal = Sealing the ledger
health-job-remind = Reminders
health-job-anchor = Weekly checkpoint to auditors
health-job-check = Checking the ledger
health-job-housekeeping = Tidying up
health-job-calendar = Reading the calendar
health-job-archive = Archiving
health-job-ran = Done { $ago }; { $rhythm }.
health-always = all the time
health-every = { $n ->
    [1] every minute
   *[other] every { $n } minutes
}
health-never-ran = It has not run yet.
health-job-failed = It failed { $ago }: { $why }
health-job-todo = Wait a few minutes after a start. If it stays so, see that serve or work is running.
health-job-failed-todo = It is tried again by itself. If it stays so, give this line and the server's log to who looks after the server.
health-system = Server
health-database = Database
health-sqlite = SQLite, a file on the server, { $size }.
health-postgres = PostgreSQL, { $size }.
health-space = Disk
health-space-left = { $free } left of { $whole }.
health-space-todo = Free some room or enlarge the disk. When it is full nothing can be saved.
health-calendar = Calendar
health-years = Holidays of { $years } are known.
health-calendar-todo = Load the holidays that the State Council has published
health-version = Program version

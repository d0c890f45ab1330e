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

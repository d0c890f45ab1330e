# Texts of the pages: one's own account, notices, and what lists share.

list-pages = Pages
list-older = Older
list-newest = Back to the newest
choose-none = Please choose
role-stands-in = standing in for { $name }
role-serves = serving { $name }

## Notices

inbox-none-unread = Nothing unread
inbox-unread = { $n ->
    [one] One unread
   *[other] { $n } unread
}
inbox-read-all = Mark all as read
inbox-which = Which notices
inbox-all = All
inbox-only-unread = Unread only
inbox-new = Unread
inbox-mark-read = Mark as read
inbox-empty = No notices
inbox-empty-words = When a manuscript moves on, or something is asked of you, it is told here and by e-mail.
inbox-due-was = Was due by { $date }
inbox-reason = Reason: { $text }
inbox-result = Result: { $text }
done-read-all = All marked as read.

## The account

account-sign-out = Sign out
account-profile = My details
account-password = Change password
account-tokens = Sign-ins and tokens
account-stand-ins = Stand-ins and handover
account-mine = Details
account-login = Sign-in name
account-name = Name
account-post = Post
account-organization = Organisation
account-email = E-mail
account-ask-administrator = If name, post, organisation or e-mail have changed, please tell the administrator.
account-change = What you can change yourself
account-language = Language
account-language-hint = For pages and letters
account-mobile = Mobile number
account-mobile-hint = Optional; only administrators see it
account-save = Save
account-roles = My roles
account-channels = My channels
account-channels-words = You are a member of several channels, with one sign-in name. Roles, manuscripts and notices are kept apart.
account-channel-current = Current
account-channel-go = Switch
account-channel-go-to = Switch to { $channel }
done-switched = You have switched to another channel.
account-no-roles = No roles yet. If you need one for your work, please ask the administrator.
done-saved = Saved.

account-password-now = Present password
account-password-after = Afterwards you are signed out on every device, and tokens of programs no longer work. Sign in with the new password.
account-password-go = Change password

account-tokens-words = Where you are signed in, and which programs use a token of yours. If you don't recognise one, end it at once and change your password.
account-open-now = Valid now
account-what = Sign-in or token
account-since = Since
account-seen = Last used
account-until = Ends
account-session = Sign-in
account-here = this one
account-token = Token “{ $name }”
account-end = End sign-in
account-revoke = Revoke
account-new-token = New token
account-new-token-words = For programs. Whoever has it can do all that you can do: keep it safe.
account-token-name = Name
account-token-name-hint = For example: statistics script
account-token-days = Days valid
account-token-go = Make token
account-token-fresh = New token
account-token-once = Copy it now. Once you leave this page, nobody can see it again.
done-ended = Ended.

account-stand-ins-words = Ask a colleague to act for you while you are away; hand your work over when you leave the post.
account-no-stand-ins = Nobody stands in for you, and you stand in for nobody.
account-who-acts = Who for whom
account-role = Role
account-from = From
account-to = To
account-to-hint = Up to and including this day
account-for-me = { $name } for me
account-i-for = I for { $name }
account-over = Ended
account-end-now = End now
account-name-stand-in = Name a stand-in
account-stand-in-role = In which role
account-stand-in-person = Who is to act
account-same-organization = Colleagues of your organisation
account-stand-in-who = The stand-in gets a notice and a letter.
account-stand-in-clock = Begins and ends by itself on these days. Everything they do is recorded as done for you.
account-stand-in-go = Name stand-in
account-hand-over = Hand over
account-hand-over-words = Your roles ({ $roles }) go to your successor, who carries on with what waits for you.
account-successor = Successor
account-hand-over-who = The successor gets a notice and a letter saying how much waits.
account-hand-over-clock = At once; time limits run on. You can't take it back yourself: ask the administrator.
account-hand-over-go = Hand over
done-stand-in-named = Arranged. The stand-in is being told.
done-stand-in-ended = The stand-in has ended.
done-handed-over = Your work is handed over.

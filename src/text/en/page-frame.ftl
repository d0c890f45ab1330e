# What is around every page.

frame-name = Zhitongche
frame-description = A direct line for suggestions: write one, see where it is, read the answer.
frame-skip = Skip to the content
frame-nav = Main sections
frame-nav-phone = Main sections (phone)
frame-search = Search
frame-account = My account
frame-more = More
frame-back = Back
frame-home = To the first page
frame-undo = Undo
frame-problems = { $n ->
    [one] One thing is missing; nothing was saved
   *[other] { $n } things are missing; nothing was saved
}
frame-faults = { $n ->
    [one] One thing has to be put right
   *[other] { $n } things have to be put right
}
frame-not-saved = Nothing was saved; all that you wrote is still here.
frame-kept = All that you wrote is still here.
frame-request = If this goes on, please tell the administrator this number: { $id }

place-leader = To read
place-read = Read
place-results = Results
place-endorsements = Endorsements
place-dispatch = Dispatch
place-review = To review
place-screening = To screen
place-signing = To sign
place-handling = To handle
place-mine = My manuscripts
place-write = Write
place-bulletins = Bulletins
place-ledger = Ledger
place-people = People
place-organizations = Organisations
place-settings = Settings
place-health = Health
place-calendar = Calendar
place-jobs = Jobs
place-outbox = Letters
place-manuscripts = Manuscripts
place-statistics = Statistics
place-inbox = Notices
place-account = My account
place-elsewhere = Start

## Times

ago-now = just now
ago-minutes = { $n ->
    [one] a minute ago
   *[other] { $n } minutes ago
}
ago-hours = { $n ->
    [one] an hour ago
   *[other] { $n } hours ago
}
ago-yesterday = yesterday
ago-days = { $n ->
    [one] a day ago
   *[other] { $n } days ago
}
due-late-today = overdue since today
due-late-resting = overdue
due-late = { $days ->
    [one] a workday late
   *[other] { $days } workdays late
}
due-today = today by { $time }
due-provisional = { $date } (provisional)
due-day-off = { $date } (a day off)
due-by = by { $date }

## Errors of pages

page-stale = Somebody else changed this after you opened the page. What you wrote is still here; look at how it stands now, then decide.
page-version-missing = The form came without the version of the page, so nothing was saved. Please reload the page and submit it again.
page-throttled = Too many requests. Please try again after { $until }.
page-too-large = This is more than the limit of { $max } bytes and was not submitted. Nothing that you wrote is lost: go back in your browser to the page before, and shorten it or submit it in parts.
page-other-site = This was sent from another website and was not carried out. Please act from the pages of Zhitongche.
page-nothing-here = There is no such page, or it is not open to you.
page-closed-title = This page is not open to you
page-closed = Only for: { $roles }. If you should be able to use it, please ask the administrator.
page-link-dead-title = This link can't be used any more
page-link-dead = It has been used, is too old, or is incomplete. Choose “Forgotten password” to get a new one.
again-title = You were away for a while
again-words = For safety, please enter your password once more. All that you wrote is still here.
again-title-other = Please confirm
again-words-other = You signed in again elsewhere. All that you wrote is still here; please confirm that it is you who sends it.
again-wrong = Name or password is wrong. Please try again.
again-title-account = This page belongs to another account
again-words-account = This page was opened by the account “{ $login }”; { $name } is signed in now. Nothing was submitted, and everything you wrote is still here. To go on, enter the password of “{ $login }”.
again-words-unknown = It is not clear who opened this page; { $name } is signed in now. Nothing was submitted, and everything you wrote is still here. Please sign in to submit it.
again-wrong-account = This is not the password of “{ $login }”. Nothing was submitted, and everything you wrote is still here.
error-again = Try again
error-typed = What you wrote
error-typed-words = This was not submitted. Copy it if you need it.
done-cleaned = Saved. The text held control characters that cannot be seen; they were removed, and nothing else was changed.
again-go = Go on
again-confirm = Confirm and send
after-who = Who gets a letter
after-reads = What the author reads
after-clock = Which clock starts

## The line of six stations

line-label = Progress: written, reviewed, sent, endorsed, handled, rated
line-write = Write
line-review = Review
line-send = Send
line-endorse = Endorse
line-handle = Handle
line-rate = Rate
line-please-rate = please rate
line-done = behind
line-now = here
line-later = ahead
live-changed = There is something new.
live-updated = The list has been updated.
live-reload = Load it again
live-other = Another account is signed in now; this page is no longer updated.

# Texts of the pages: handling.

after-nobody = No letter
after-author-nothing = The author does not see this
after-assignment-approve = Every answer in full
after-assignment-report = The report in full
after-manuscript-assign = That departments are at work on it, which they are, and until when
after-manuscript-conclude = The result in full, with the question to rate it
after-manuscript-reopen = That departments are at work on it again, and why
after-manuscript-archive = The same as before
after-manuscript-record_adoption = At which level and by whom it was taken up

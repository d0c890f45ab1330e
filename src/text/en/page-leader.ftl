# Texts of the pages: leader.

lead-title = { $n ->
    [one] { $n } to read
   *[other] { $n } to read
}
lead-title-many = To read
lead-from = { $name }, { $organization }
lead-note = Mark as read
lead-open = Open
lead-write = Write
lead-empty = Nothing waits for you
lead-empty-words = What is put before you appears here, and you get a letter about it.
lead-confirm = Entered by a secretary; please confirm
lead-became = What became of yours
lead-became-all = See all results
lead-concluded = Concluded
lead-answered = { $n ->
    [one] { $n } answered
   *[other] { $n } answered
}
lead-handling = With departments
lead-results-words = What became of the manuscripts on which you wrote.
lead-done-words = What you have marked, newest first.
lead-no-results = No results yet
lead-no-done = You have not marked anything yet
lead-no-done-words = See whether something waits for you to read.
lead-whole = See the whole history and the files
lead-say = Endorsement
lead-words = Write a few words, or tap a phrase
lead-phrase-study = Would the departments concerned please look into this and report to me.
lead-phrase-absorb = These suggestions are to the point; please make good use of them.
lead-phrase-report = Please see to it soon and report the result to me.
lead-phrase-read = Would the colleague in charge please deal with this.
lead-kind = Is a department to act
lead-kind-instruction = To be done
lead-kind-guidance = Guidance
lead-kind-reference = For reference
lead-urgent = Urgent
lead-commendatory = Commends the suggestion
lead-due = To be done by
lead-due-hint = Only for “To be done”. Without a date the usual time is given.
lead-send = Send
lead-who = The authors; if it is to be done, also the dispatchers, who charge departments
lead-reads = The whole text, your name and post, and the date
lead-clock = If it is to be done: by { $usual }; urgently: by { $urgent }
lead-final = It takes effect at once and can't be taken back.
lead-undo = { $n ->
    [one] You can take it back for one minute; then it takes effect, and the author and the dispatcher are told.
   *[other] You can take it back for { $n } minutes; then it takes effect, and the author and the dispatcher are told.
}
lead-just-marked = Just marked
lead-noted = Marked as read
done-noted = Marked as read.
done-endorsed = Your endorsement was sent.
done-taken-back = Taken back; nobody was told.
done-repeated = The same was sent before and was not entered again. The first one is shown below.

## Entering for a leader

enter-title = Enter endorsements
enter-lead = Enter what a leader wrote on paper. It takes effect once the leader confirms it, or a second person has held it against the paper.
enter-waiting = Not marked yet
enter-waiting-empty = All that was put before the leaders has been marked.
enter-open = Enter
enter-search = For older ones look among all manuscripts
enter-check = Waiting to be confirmed or checked
enter-check-empty = Nothing waits to be confirmed.
enter-recent = Latest endorsements
enter-title-one = Check an endorsement
enter-leader = Which leader
enter-words = The words
enter-words-hint = Exactly as written. May be left out if it was only marked as read.
enter-kind = Which kind
enter-date = Date of the endorsement
enter-date-hint = As on the paper. Today if left out.
enter-due = Due date given by the leader
enter-due-hint = Leave out if none was given.
enter-urgent = The leader says it is urgent
enter-commendatory = Commends the suggestion
enter-scan = Photo or scan of the paper
enter-scan-hint = With it a second person can check the words. You may take a photo now.
enter-scan-kept = Uploaded: { $name }
enter-go = Enter, to be confirmed
enter-who = The leader, to confirm it
enter-reads = Nothing now; the endorsement once it is confirmed or checked
enter-clock = No clock starts before it is confirmed or checked
enter-none = This manuscript was not put before a leader whom you serve, or can't be endorsed now.
enter-see = See the manuscript
enter-confirm = These are my words
enter-confirm-words = It takes effect at once, and the authors are told.
enter-countersign = Checked against the paper
enter-countersign-words = Compare it word for word with the paper. It takes effect at once, and the authors are told.
enter-no-scan = Without the paper only the leader can confirm it.
enter-settled = This endorsement has been dealt with; nothing is to be done.
enter-reject = It is wrong
enter-reject-reason = What is wrong
enter-reject-words = Who entered it is told why and can enter it again.
enter-own = You entered this one; the leader or a second person has to check it.
done-entered = Entered; it waits to be confirmed.
done-confirmed = Confirmed; it takes effect now.
done-countersigned = Checked; it takes effect now.
done-rejected = Rejected; who entered it is told why.

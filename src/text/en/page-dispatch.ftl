# Texts of the pages: dispatch.

dispatch-sum = { $all } in hand: { $late } overdue, { $today } due today, { $week } due within a week.
dispatch-calendar = Calendar of promises
dispatch-nothing-late = Nothing is overdue
dispatch-late = { $n } overdue
dispatch-th-manuscript = Manuscript
dispatch-th-who = Department
dispatch-th-stuck = Where it is stuck
dispatch-th-late = Overdue by
dispatch-th-late-short = overdue by
dispatch-th-act = Act
dispatch-late-days = { $n ->
    [one] 1 working day
   *[other] { $n } working days
}
dispatch-stuck-receipt = To be received by { $due }, not received yet
dispatch-stuck-reply = To be answered by { $due }
dispatch-stuck-promise = Promised by { $day }, and nothing was reported
dispatch-extended = { $n ->
    [one] extended once
   *[other] extended { $n } times
}
dispatch-urged = { $n ->
    [one] urged once
   *[other] urged { $n } times
}
dispatch-urge-again = Urge, time { $n }
dispatch-urging-what = What happens when you urge
dispatch-urging-clock = As before: the limit stays, it is only a reminder
dispatch-look = Look at it
dispatch-comma = , { "" }
dispatch-colon = : { "" }
dispatch-of-suggestion = { $number }, suggestion { $n }

dispatch-board = In hand
dispatch-board-hint = By due date
dispatch-board-order = What waits for your decision first, then by due date
dispatch-assign-hint = Those with an instruction first, then the longest waiting
dispatch-size = { $n }
dispatch-more = { $n } more
dispatch-next-page = Next page
dispatch-column-assign = To be assigned
dispatch-column-receive = To be received
dispatch-column-work = In the departments' work
dispatch-column-check = Answered, to be checked
dispatch-column-wait = With the dispatcher
dispatch-column-report = To be reported on
dispatch-column-settled = Can be concluded
dispatch-column-merged = Merged, to be decided on
dispatch-column-empty = None now.
dispatch-settled-hint = Every department has answered, returned it or was let off. Conclude it, or assign it again.
dispatch-settled-since = In handling since { $at }, please conclude
dispatch-merged-hint = Merged into manuscripts in handling. Take their suggestions or say why not; until then the others can't be concluded.
dispatch-merged-since = Merged since { $at }, please decide
dispatch-instructed = A leader gave an instruction
dispatch-not-instructed = No instruction yet
dispatch-forwarded = { $number } · before the leaders since { $at }
dispatch-assisting = { $who }, assisting
dispatch-leading = { $who } leads, { $n ->
    [one] one assists
   *[other] { $n } assist
}
dispatch-asks-return = asks to return it, proposes { $to }
dispatch-asks-extension = asks for time until { $until }
dispatch-decide = Waits for your decision
dispatch-answers = answer { $n }
dispatch-approved = Accepted on { $at }, waits for a report
dispatch-replied = Answered on { $at }, please check

dispatch-month = { $month } { $year }
dispatch-month-1 = January
dispatch-month-2 = February
dispatch-month-3 = March
dispatch-month-4 = April
dispatch-month-5 = May
dispatch-month-6 = June
dispatch-month-7 = July
dispatch-month-8 = August
dispatch-month-9 = September
dispatch-month-10 = October
dispatch-month-11 = November
dispatch-month-12 = December
dispatch-weekday-1 = Mon
dispatch-weekday-2 = Tue
dispatch-weekday-3 = Wed
dispatch-weekday-4 = Thu
dispatch-weekday-5 = Fri
dispatch-weekday-6 = Sat
dispatch-weekday-7 = Sun
dispatch-rest = rest day
dispatch-today = today
dispatch-broken = Promises that have passed without a report: { $n }
dispatch-kept = Carried out: { "" }
dispatch-month-more = There are too many promises in this month; the first 300 are shown.

## Charging departments

done-assigned = It has been assigned.
assign-back = Back to the manuscript
assign-suggestions = Suggestions to be answered
assign-form = How they share it
assign-form-single = One department has it and answers every suggestion.
assign-form-split = Several departments, each answers its own suggestions.
assign-form-joint = The first department leads; the others give it their opinion, and it alone answers.
assign-departments = To whom
assign-no-department = There is no department to assign it to: all have it already, or have no officer yet. Ask the system administrator to open an account for an officer.
assign-first = Department (the lead, where several work together)
assign-other = Another department (assisting, where several work together)
assign-nobody = Please choose
assign-which = If each answers its own: which suggestions? None chosen means all.
assign-suggestion = Number { $n }
assign-merged = { $n ->
    [one] One merged manuscript waits
   *[other] { $n } merged manuscripts wait
} for a decision on the suggestions:
assign-share = Assign only the chosen suggestions
assign-share-hint = Those that no department answers yet; otherwise all of them are assigned again.
merged-title = Merged manuscripts
merged-decide = Decide on merged suggestions
merged-decide-of = Decide on the suggestions of { $number }
merged-read = Read the whole text
merged-which = Suggestions to be answered
merged-which-hint = Departments answer those that you choose, and their author reads the answers. For the others please give a reason.
merged-target-suggestions = The suggestions of { $number } itself
merged-who = Who answers
merged-who-hint = The limit stays as it is.
merged-who-first = With the others, once assigned
merged-who-next = A new assignment to be made
merged-reason = Why the others are not taken
merged-reason-hint = Needed if there are any; the author reads it.
merged-send = Submit
merged-not-now = Not possible at present.
merged-taken = To be answered as No. { $n }
merged-not-taken = Not to be answered: { $reason }
merged-undecided = Waits for the dispatcher's decision
assign-more = Two more departments
assign-when = Until when
assign-instruction-label = Which instruction it carries out
assign-instruction-none = None
assign-instruction = { $leader }: { $words } (answer due by { $due })
assign-due = Answer due by
assign-rule-plain = Left empty, the rule applies: without an instruction { $due }, at the latest { $latest }. { "" }
assign-rule-instruction = With an instruction { $due }, at the latest { $latest }.
assign-note = A word to the departments
assign-note-hint = Optional. The author does not see it.
assign-who = The officers of each department, { $who }. Letters leave after { $minutes } minutes; until then you can undo it.
assign-clock = To be received by { $receive }; a return can be asked for within { $days } working days; unless said otherwise the answer is due by { $due }. Assisting departments are due before the lead.

## Concluding and reopening

closing-answers = Suggestions and answers
closing-result = Result
closing-result-hint = The authors and the leaders who endorsed it read it
closing-reason = Why it is opened again
closing-reason-hint = The author reads it
closing-again = Why it can be concluded again
closing-again-hint = No department has answered since it was opened again. Get a new answer first, or give the reason here; the author reads it
closing-not-now = This can't be done now: a department may not have finished, or the manuscript has moved on.
done-concluded = Concluded. No letter leaves while it can be undone.
done-reopened = Opened again.
done-merged-decided = The suggestions were decided on.

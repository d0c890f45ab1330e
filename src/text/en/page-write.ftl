# Texts of the pages: write.

## My manuscripts

mine-title = My manuscripts
mine-words = Writing, review, forwarding, endorsement, handling, rating: every step is shown here.
mine-write = Write
mine-untitled = (no title yet)
mine-with = with { $names }
mine-all = All manuscripts
mine-earlier = Earlier manuscripts
mine-newest = Back to the newest
mine-more = See earlier ones
mine-asked = { $n ->
    [one] One thing waits for you
   *[other] { $n } things wait for you
}
mine-ask-revise = Revise:{" "}
mine-ask-rate = Rate:{" "}
mine-ask-sign = Sign with others:{" "}
mine-ask-write = Go on writing:{" "}
mine-do-revise = Revise
mine-do-rate = Read and rate
mine-do-sign = Read and answer
mine-do-write = Go on writing
mine-why-revise-0 = It was returned to you. Change it and send it back.
mine-why-revise = { $n ->
    [one] One requested change is not ticked off yet. Change it and send it back.
   *[other] { $n } requested changes are not ticked off yet. Change them and send it back.
}
mine-why-rate = The department has answered. Please say whether you are content.
mine-why-sign = { $by } invites you to sign. It counts once you sign here.
mine-why-write = { $n ->
    [one] A draft of one character, not handed in yet.
   *[other] A draft of { $n } characters, not handed in yet.
}
mine-at-invited = { $by } invites you to sign and waits for your answer.
mine-at-draft = { $n ->
    [one] One character written, not handed in yet.
   *[other] { $n } characters written, not handed in yet.
}
mine-at-waiting = The first author has not handed it in yet.
mine-at-screening = With your organisation's office since { $since }.
mine-at-screening-usual = { $days ->
    [one] With your organisation's office since { $since }, usually for one working day at most.
   *[other] With your organisation's office since { $since }, usually for { $days } working days at most.
}
mine-at-review = Under review since { $since }.
mine-at-review-usual = { $days ->
    [one] Under review since { $since }, usually for one working day at most.
   *[other] Under review since { $since }, usually for { $days } working days at most.
}
mine-at-returned = Returned to you { $when }. It goes back to the same desk once you have changed it.
mine-at-accepted = Accepted on { $since }; leaders get it next.
mine-at-forwarded = Before leaders since { $since }. You will be told of endorsements.
mine-at-handling = With departments since { $since }. You will be told when they answer.
mine-at-concluded = Concluded on { $since }. Please rate it.
mine-at-rated = Concluded on { $since }.
mine-at-archived = Archived on { $since }.
mine-at-declined = Not used, decided on { $since }; the reason is in the manuscript.
mine-at-merged = Handled together with a similar one since { $since }. You will be told of every step.
mine-at-withdrawn = Withdrawn on { $since }. The text is still here.
mine-empty = No manuscripts yet
mine-empty-words = Write down a problem that you see and a suggestion that can be carried out. Every step is shown here.
mine-empty-do = Write the first one

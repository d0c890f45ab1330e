# Texts of the pages: write.

## My manuscripts

mine-title = My manuscripts
mine-year = This year: { $sent } handed in, { $used } used{ $taken ->
    [0] .
    [one] , one suggestion taken up by departments.
   *[other] , { $taken } suggestions taken up by departments.
}
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
mine-at-merged-returned = The one handled together with yours went back to its author { $when }; yours needs no change.
mine-at-accepted = Accepted on { $since }; leaders get it next.
mine-at-forwarded = Before leaders since { $since }. You will be told of endorsements.
mine-at-handling = With departments since { $since }. You will be told when they answer.
mine-at-concluded = Concluded on { $since }. Please rate it.
mine-at-rated = Concluded on { $since }.
mine-at-archived = Archived on { $since }; before that “{ $stage }”.
mine-at-declined = Not used, decided on { $since }; the reason is in the manuscript.
mine-at-merged = Handled together with a similar one since { $since }. You will be told of every step.
mine-at-withdrawn = Withdrawn on { $since }. The text is still here.
mine-empty = No manuscripts yet
mine-empty-words = Write down a problem that you see and a suggestion that can be carried out. Every step is shown here.
mine-empty-do = Write the first one

## Writing

done-draft-saved = The draft is kept. Go on whenever you like.
done-invited = The invitation has been sent. It can be handed in once the other person has signed here.
done-uninvited = That person is no longer invited and has been told.
write-title = Write
write-title-revise = Revise
write-words = The situation, its causes, suggestions. You may leave at any time and go on later.
write-saved = Saved
write-saved-at = Saved { $time }
write-saving = Saving
write-unsaved = Not saved yet
write-dropped = Control characters that cannot be seen were removed
write-failed = Not saved. The text is kept on this computer; another attempt follows
write-stale = This was changed elsewhere as well. Press “Keep for later” to compare both
write-problem = Not saved yet: { $why }
write-both = This was changed elsewhere as well
write-both-words = What you have just written stands in the fields below; the other text is kept too. Compare them; what you save next counts.
write-both-show = Show the other text
write-both-take = Discard this one and take the other text
write-returned = Why it was returned
write-returned-words = Each requested change stands below its part. Tick them off one by one, then check and send it back.
write-found = There is text on this computer that was not saved.
write-found-take = Put it back
write-found-drop = Discard it
write-author = Author (entered by staff)
write-author-hint = You enter a manuscript that came on paper. Both names are kept.
write-author-me = I write it myself
write-author-seek = Find the author by name
write-entered = Entered by { $by } for { $author }.
write-seek = Find
write-nobody = No submitter has “{ $name }” in the name.
write-whole = Written already? Paste the whole text
write-whole-hint = Paste a text copied from WPS, Word or another document; one press puts title, situation, causes and each suggestion into their fields. Only headings and numbers are taken off.
write-whole-go = Put it into the fields
write-whole-left = The text that you pasted has been put into the fields below. Please look it over, then check and submit.
write-whole-kept = A pasted text that has not been taken apart yet (saved { $when })
write-signature = Signature and date
write-signature-hint = These lines stand below the text and belong to no suggestion. Number, names and date are recorded anyway.
write-large = This is too much to submit at once, so it is not saved yet. All that you wrote is still here; please shorten it or make several manuscripts of it.
write-signature-keep = Keep in the last suggestion
write-signature-drop = Drop
write-whole-done = { $n ->
    [0] Done, but no suggestions were found. Please write them into part 3, one each, and look through the rest.
    [one] Done: one suggestion was found. Please look through it, then choose a category and fill in the declarations.
   *[other] Done: { $n } suggestions were found. Please look through them, then choose a category and fill in the declarations.
}
write-field-title = Title
write-field-title-hint = What you suggest, in one sentence of at most { $max } characters
write-field-category = Category
write-choose = Please choose
write-field-kind = Kind of text
write-field-keywords = Keywords
write-field-keywords-hint = Optional. At most { $max }, with spaces between
write-part-1 = 1. The situation
write-part-1-hint = What you saw, how much of it, who is affected. Say where figures come from.
write-part-2 = 2. Its causes
write-part-2-hint = Optional.
write-part-3 = 3. Suggestions
write-part-3-hint = One matter each. The department answers every one of them.
write-item = Suggestion { $n }
write-up = Up
write-down = Down
write-drop = Remove
write-add = Add one
write-request = Requested change
write-request-done = This is done
write-authors = Joint authors and names
write-authors-hint = Others may sign with you. They get a letter at once, and it can be handed in once they have signed here; after a change of the text they sign again.
write-authors-seek = Find a joint author by name
write-signed = signed on { $when }
write-invited = invited, has not signed yet
write-invite = Invite
write-uninvite = Uninvite
write-organization = In the name of { $name }
write-declare = Declarations
write-elsewhere-no = Not submitted anywhere else
write-elsewhere-yes = Submitted elsewhere as well
write-elsewhere-where = Where it was submitted
write-elsewhere-hint = Leave empty if nowhere else
write-publish = It may be published
write-quote = I may be quoted by name
write-class = Security classification
write-class-hint = Classified matter must not enter this network. If there is any, stop here and hand it in through the channel for classified papers.
write-class-none = No state secrets
write-classified = Please stop here: classified matter must not be written into this system, and nothing is saved any more. Delete the text and use the channel for classified papers.
write-check = Check and hand in
write-check-again = Check and send back
write-later = Keep for later
write-discard = Delete the draft
write-side = Hints for writing
write-files = Attachments
write-files-words = Pictures and files are added and removed on the manuscript's page.
write-files-go = Open that page
write-length = Length
write-length-of = characters of { $max } that are best
write-length-words = More is allowed, but leaders prefer short texts. At most { $max }.
write-after = What happens next
write-desk-screening = your organisation's office
write-desk-review = review
write-desk-days = { $days ->
    [one] { $desk } (one working day)
   *[other] { $desk } ({ $days } working days)
}
write-then = , then{" "}
write-after-words = It goes to { $desks }. You get a number and a receipt.
write-again-no = Don't save now

## Check, receipt

write-and = ,{" "}
check-title = Before you hand it in
check-words = Please read it once from the beginning. Once handed in the text is fixed; to change it, withdraw it or wait for its return.
check-back = Back to the text
check-gaps = Something is missing; it can't be handed in yet
check-gap = { $part }: { $why }
check-whole = The pasted text
check-declare = The declarations, with the classification
check-length = { $n ->
    [one] one character
   *[other] { $n } characters
}
check-publish-not = Not to be published
check-quote-not = Not to be quoted by name
check-act = Hand it in
check-again = Send it back
check-who = Who reads it
check-desks = It goes to { $desks }.
check-clock = { $days ->
    [one] Counted from now, the first desk usually answers within one working day.
   *[other] Counted from now, the first desk usually answers within { $days } working days.
}
check-go = Hand in
check-go-again = Send back
check-open = { $n ->
    [one] One requested change is not ticked off. You may send it back; the reviewer will see.
   *[other] { $n } requested changes are not ticked off. You may send it back; the reviewer will see.
}
check-withdraw = You may take it back until it waits for signature.
check-not-ready = Complete what is listed above, then it can be handed in.
receipt-title = Handed in
receipt-number = Your number
receipt-usual = { $days ->
    [one] Usually answered within one working day. You will be told by letter.
   *[other] Usually answered within { $days } working days. You will be told by letter.
}
receipt-later = You will be told by letter.
receipt-code = Receipt { $code }
receipt-position = , entry { $n } of the ledger.
receipt-sealing = , being entered into the ledger; its place follows in a few seconds.
receipt-what = What a receipt is for
receipt-what-words = It proves which text you handed in and when. Whoever changed a single character could not make it agree. All digits stand below; copy them or keep a picture.
receipt-mine = Back to my manuscripts
receipt-see = See this manuscript
receipt-next = Write another one

## Signing with others, rating, withdrawing

done-co-signed = You have signed. Once the first author hands it in you will be told of every step.
done-not-co-signed = You have not signed; the first author has been told.
sign-title = Please sign with others
sign-keywords = Keywords: { $words }
sign-declared = Declarations
sign-files = Files
sign-elsewhere = Submitted elsewhere: { $place }
sign-nowhere-else = Not submitted elsewhere
sign-publish = May be published
sign-not-publish = Not to be published
sign-quote = May be quoted by name
sign-not-quote = Not to be quoted by name
sign-for-organization = In the name of the organisation
sign-words = { $by } invites you to sign. Please read it, then decide.
sign-has = signed
sign-has-not = not signed yet
sign-act = Your answer
sign-who = { $by }
sign-reads = Whether you sign
sign-later = You sign the title, the text, the suggestions, category, kind, keywords, declarations, whether it is in the organisation's name, and the files. If any of them changes after you signed, your signature is void and you are asked again.
sign-do = Sign
sign-decline = Decline
sign-back = Take my signature back
sign-decline-words = Once you decline you can no longer read this manuscript.
done-rated = Thank you for your rating.
rate-title = Read the answers and rate
rate-result = The result
rate-answers = The answer to each suggestion
rate-yours = Your rating
rate-attitude = How they dealt with it
rate-outcome = What came of it
rate-words = What else you want to say
rate-words-hint = Optional
rate-who = The united front department reads your rating; departments and others do not. If you are not satisfied with either, the dispatchers get a letter and decide whether it is taken up again.
rate-do = Send the rating
rate-was = You have rated this
rate-was-attitude = How they dealt with it: { $word }
rate-was-result = What came of it: { $word }
done-withdrawn = The manuscript is withdrawn; its text is still here.
done-discarded = The draft is deleted.
withdraw-title = Withdraw this manuscript?
withdraw-words = It will not be reviewed any more and can't go on under its number. The text stays in the system where you can read it.
withdraw-do = Withdraw
withdraw-no = Leave it
withdraw-closed = This can't be done any more. What waits for signature can't be withdrawn; only drafts can be deleted.
discard-title = Delete this draft?
discard-words = It can't be brought back.
discard-do = Delete

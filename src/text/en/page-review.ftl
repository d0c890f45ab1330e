# Texts of the pages: review, screening, signing.

review-title-review = { $n } to review
review-title-screening = { $n } to screen
review-title-signing = { $n } to sign
review-due-later = Due later
review-most-urgent = Back to the most urgent
review-late = { $n } overdue
review-today = { $n } due today
review-later = { $n } later
review-bulletins = { $n ->
    [one] A bulletin to be signed
   *[other] { $n } bulletins to be signed
}
review-bulletin-count = { $n ->
    [one] 1 manuscript
   *[other] { $n } manuscripts
}
review-empty = All done
review-empty-words = No manuscript is waiting for you. When one arrives, you will get a letter.
review-urgent = Urgent
review-pick = Select “{ $title }”
review-sign-many = Sign the selected
review-many-after = After signing
review-looks = Which text
review-difference = Changes
review-place = { $n } of { $of }
review-before = Previous
review-next = Next
review-handle = Decide
review-characters = { $n } characters
review-comma = {", "}
review-sent = Sent { $date },{" "}
review-arrived = here since { $date }
review-due = , due { $date }
review-attachments = Files:
review-merged-into = Merged into { $number }.
review-no-edited = No edited text yet
review-no-edited-words = The original can go to the signer as it is. To change its wording, write an edited text; the author's original stays as it is.
review-edit = Edit the text
review-difference-key = Underlined: added by the office. Struck out: taken out of the original. Parts without a change are left out.
review-same = The edited text is the same as the original.
review-ask = Ask for a change
review-similar = Similar manuscripts
review-words-so-far = What has been said so far
review-part-title = Title
review-part-situation = 1. Situation
review-part-causes = 2. Causes
review-part-suggestions = 3. Suggestions
review-see-request = See request { $n }
review-request = Request { $n }
review-ticked = Changed by the author
review-open-request = Asked before
review-request-empty = Empty it to take it back.

## The act panel

review-what = Decide on this manuscript
review-choose = Please choose
review-do-pass = Pass
review-do-recommend = Recommend
review-do-return = Return
review-do-decline = Decline
review-do-merge = Merge
review-do-sign = Sign
review-do-send_back = Send back
review-go-pass = Pass it to review
review-go-recommend = Send it to the signer
review-go-return = Return it to the author
review-go-decline = Decline it
review-go-merge = Merge it
review-go-sign = Sign it
review-go-send_back = Send it back to the reviewers
review-go-any = Do what is chosen
review-opinion = Opinion
review-opinion-hint = The signer reads it, the author does not
review-opinion-sign = Note
review-opinion-sign-hint = Not needed; only the office reads it
review-reason = Words to the author
review-reason-hint = The requests for changes are added by themselves
review-reason-back = Why it goes back
review-reason-back-hint = The reviewers read it, the author does not
review-reason-code = Why it is not used
review-whole-part = A request about a whole part
review-whole-part-hint = Not needed; for one sentence, select it first and press “Ask for a change”
review-which-part = Choose a part
review-request-words = What should be changed
review-merge-into = Merge it into
review-merge-number = Or write its number
review-merge-number-hint = For example 2026-0077
review-told-nobody = Nobody gets a letter.
review-told = { $who }: “{ $letter }” (by mail and in the inbox).
review-and-others = { $names } and others, { $n } in all
review-reads-pass = “{ $stage }”.
review-reads-recommend = Still “{ $stage }”. The author does not see your opinion.
review-reads-return = “{ $stage }”, your words, each request and its sentence. Not the opinions inside the office.
review-reads-decline = “{ $stage }”, the reason and your words.
review-reads-merge = From now on the progress of the manuscript that it is merged into; the letter names its number.
review-reads-sign = “{ $stage }”. The author does not see your note.
review-reads-send_back = Still “{ $stage }”. The author does not see why it goes back.
review-clock-signing = Your time stops here. The signer is due by { $due }.
review-clock-review = Your time stops here. The reviewers are due by { $due }.
review-clock-returned = Your time stops. When the author sends it back, { $days } working days begin anew.
review-clock-accepted = The time for signing stops here. Next it can go into a bulletin for the leaders.
review-clock-ends = The time stops here.
review-undo = Can be undone for { $n } minutes; no letter leaves meanwhile.
review-no-undo = Letters leave at once; this can't be undone.
review-decided = “{ $title }” is now “{ $stage }”.{" "}
review-decided-until = Can be undone until { $time }; no letter leaves meanwhile.

## Other acts

review-more = Other acts
review-urgency = Urgent
review-urgency-words = An urgent manuscript has half the time, counted from when it arrived here. No letter.
review-make-urgent = Mark as urgent
review-not-urgent = Not urgent
review-refer-words = It stays declined; the author gets a letter that names the body.
review-addressee = To which body
review-refer-note = A note (the author reads it too)
review-reconsider-words = It returns to review, and its time begins anew. The author gets a letter.
review-reconsider-reason = Why it is taken up again
review-unmerge-words = It returns to review on its own. The author gets a letter.
review-archive-words = Puts it away; its progress and results are kept. No letter.
done-urgency = Changed.
done-referral = Passed on.
done-reconsideration = Taken up again.
done-parting = Parted; it is back in review.
done-archival = Archived.
done-edited = The edited text is kept.

## Editing

review-back-to = Back to the manuscript
review-edit-words = On the left the author's original, which stays as it is; on the right the edited text.
review-suggestions-hint = One in each box; empty a box to take it out
review-suggestion = Suggestion { $n }
review-one-more = One more
review-save-edited = Save the edited text
review-save-words = No letter. The author sees the edited text once the manuscript is used.
review-no-edit = The text can't be edited now.
review-theirs = { $by } has just saved an edited text, too.
review-theirs-words = Both are kept: theirs on the left, yours on the right. Please join them and save again.
review-theirs-title = The text that { $by } saved

review-outdated = The edited text was made from an older original
review-outdated-words = The author has corrected the original since the text was edited. Before it can be recommended, signed, put into a bulletin or forwarded, update the edited text or drop it. Below is the author's newest original.
review-carry-over = Update the edited text
review-carry-over-words = First what the author and the office have each changed, then both put together. Check it, then save.
review-carry-over-back = This manuscript waits for signature or was signed. When you update or drop the edited text, the signature no longer counts, the manuscript goes back to review, and a submitted bulletin that holds it becomes a draft.
review-both-changes = What each side changed
review-three = The earlier original is version { $based_on }, the edited text version { $edited }, the author's new text version { $original }.
review-three-based-on = Earlier original
review-three-edited = Changes in the edited text ({ $by })
review-three-original = The author's corrections
review-three-key = Underlined: added. Struck out: removed. Parts that neither side changed are left out.
review-conflict = Both sides changed this part. The edited text is kept below; please check it.
review-unchanged = No change.
review-together = Both together
review-together-words = A part that only one side changed is taken from that side.
review-save-carried = Save the updated text
review-drop-words = The edited text stays among the versions; the author's newest original is recommended, signed and forwarded instead.
review-goes-out-edited = The edited text is what is recommended, signed and forwarded.
review-ask-in-original = To ask for changes, see the original
done-edited-carried = The edited text is up to date and can be recommended.
done-edited-dropped = The edited text is dropped; the author's newest original goes out.

## Keys and dialogs

review-keep = Keep
review-cancel = Leave it
review-change = Change
review-remove = Remove
review-close = Close
review-keys = Keys
review-key-jk = Next, previous
review-key-enter = Open
review-key-c = Ask for a change of the selected words
review-key-e = Edit the text
review-key-123 = Original, edited, changes
review-key-a = To the act panel
review-key-go = Do what is chosen
review-key-u = Undo the last decision
review-key-search = Search
review-key-help = Show this list
review-no-other-signer = Note: besides those who recommended or edited it there is no other signer, so nobody could sign it. Ask an administrator to add one first.

## An unfinished decision

review-kept-from = This is what you wrote { $when } and have not submitted; only you can see it.
review-kept-requests = { $n ->
    [one] One requested change is part of it; see it beside the original text.
   *[other] { $n } requested changes are part of it; see them beside the original text.
}
review-discard = Discard
review-keep-unfinished = Save for later
review-not-kept = Not saved; it will be tried again shortly
review-kept-gone = This manuscript is no longer decided here; nothing was saved
done-review-kept = Saved. Only you can see it; come back and go on.
done-review-discarded = What was not submitted has been discarded.

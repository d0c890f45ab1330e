# Why something can't be done. Each says the reason and, where there is one, the next step.

## Refused by a rule of the work (refusal)

refusal-wrong_role = Your role can't do this; it needs: { $roles }.
refusal-not_yours = This is handled by another person or organisation. You may read it, but this step is not yours.
refusal-own_manuscript = You are an author of this manuscript, and nobody decides on their own.
refusal-wrong_stage = The manuscript is now “{ $stage }”, where this can't be done. Reload to see what can be done now.
refusal-wrong_state = It is now “{ $state }”, where this can't be done. Reload and look again.
refusal-signatures_missing = { $missing ->
    [one] One invited author has not signed yet. Wait for the signature, or withdraw the invitation.
   *[other] { $missing } invited authors have not signed yet. Wait for their signatures, or withdraw the invitations.
}
refusal-classified = A text marked confidential, secret or top secret must not enter this system. Please hand it in through the channel for classified papers.
refusal-has_merged = Other manuscripts have been merged into this one, so this can't be done.
refusal-bad_merge_target = It can't be merged into that manuscript: the target must stand between review and handling, must not be merged itself, and must be another one.
refusal-target_concluded = The manuscript that it was merged into has concluded; they can't be parted any more.
refusal-target_not_handled = The manuscript that it was merged into is neither before leaders nor with departments, so there is nothing to decide on its suggestions.
refusal-merged_open = { $open ->
    [one] One merged manuscript waits
   *[other] { $open } merged manuscripts wait
} for a decision on the suggestions. Take them, or give a reason for not taking them, before you conclude.
refusal-suggestions_unassigned = { $open ->
    [one] One suggestion
   *[other] { $open } suggestions
} taken from merged manuscripts not assigned yet. Assign them before you conclude.
refusal-answered_alone = A department is at work on the suggestions of this manuscript and on nothing else. The dispatcher has to cancel that assignment first, or wait for the reply.
refusal-assignments_open = { $open ->
    [one] One department has not finished yet, so it can't be concluded.
   *[other] { $open } departments have not finished yet, so it can't be concluded.
}
refusal-nothing_to_undo = There is nothing to undo.
refusal-undo_closed = The time in which this could be undone is over.
refusal-acted_on = Somebody has already acted on this decision, so it can't be undone.
refusal-too_late = The time limit for this has passed ({ $limit }).
refusal-already_done = This has been done already; the first one stands.
refusal-second_person = A second person must do this.
refusal-account_elsewhere = This person is a member of other channels too, so their account is managed on the server. Here you can change post, organisation and roles, and suspend the membership of this channel. For name, e-mail, mobile number, language and password ask whoever runs the server, or the person.
refusal-account_suspended = This account was suspended on the server. The membership can be resumed once the account has been.
refusal-last_administrator = This is the last administrator of the channel. Give that role to somebody else first.
refusal-four_eyes = You recommended this manuscript, entered it for its author, worked on its edited text or wrote the bulletin's foreword, also where you acted for somebody else, so another signer has to sign, forward or issue it.
refusal-text_outdated = The author has corrected the original since the text was edited. A reviewer must update the edited text or drop it first.
refusal-text_current = The edited text was made from the newest original; there is nothing to update.
refusal-no_edited_text = This manuscript has no edited text.
refusal-scan_missing = This endorsement has no scan to check it against. Please enter it again with its scan, or ask the leader to confirm it.

## Something is wrong with what was handed in (violation); the field is named before it

violation-required = Please fill this in.
violation-invisible = This holds only characters that cannot be seen. Please write something, or clear the field.
violation-reason_or_reply = No department has answered since it was opened again. Get a new answer first, or give a reason, which the author reads.
violation-too_long = This has { $is } characters; at most { $max } are allowed.
violation-too_many = There are { $is }; at most { $max } are allowed.
violation-long = This has { $is } characters; no more than { $max } are advised. It can be handed in all the same.
violation-line_break = Only one line is possible here. Please remove the line breaks.
violation-unknown_category = There is no such category. Please choose one from the list.
violation-classified = A text marked confidential, secret or top secret must not enter this system. Please hand it in through the channel for classified papers.
violation-out_of_range = The place { $is } is out of range (at most { $max }). Please select it again.
violation-bad_email = This is not an e-mail address. Please enter one address alone, such as li.ming@example.org.
violation-email_not_ascii = Before the @ only letters A–Z, digits and common signs can be used: most mail systems deliver no letters to other addresses. The part after the @ may be in any script.
violation-bad_login = A sign-in name has 2 to 64 small letters, digits, dots, hyphens and underscores, with a letter or digit at both ends.
violation-bad_mobile = This is not a mobile number such as 13800138000; numbers of other countries begin with +.
violation-bad_date = This is not a date such as 2026-01-05.
violation-bad_number = Please enter a number, for example 12.
violation-unknown_person = This is nobody who writes suggestions here. Check the sign-in name.
violation-unknown_reason = This reason is not on the list of this channel.
violation-bad_calendar = This arrangement contradicts itself: check the year, the first and last days, and that make-up days are weekend days.
violation-few_working_days = This arrangement leaves the year { $is } working days; at least { $min } are expected. Check the first and last days of the holidays.
violation-bad_value = This is not what the interface expects: { $why }
violation-bad_limit = A page has 1 to 200 entries.
violation-bad_cursor = This is no page of the list. Please begin with the first page.
violation-unsettled = Say first whether the signature and date below the text are kept or dropped; then it can be handed in.
violation-not_split = The pasted text has not been put into the fields yet. Do that first and look it over; then it can be handed in.
violation-unknown = There is no such thing. Please choose again.
violation-taken = Somebody else uses this already. Please choose another.
violation-no_such_account = No account in use has both this sign-in name and this name. Please check with the person.
violation-already_member = This person is a member of this channel already.
violation-not_new = Slips are printed only for accounts that never had a password and are not suspended; send the others a one-time link.
violation-too_short = This has { $is } characters; at least { $min } are needed.
violation-too_common = This password is too common and easy to guess. Please choose another, for example a few unrelated words.
violation-personal_password = This password holds a name, the sign-in name, the organisation, a telephone number or the name of this system, and is easy to guess. Please choose one that has nothing to do with you or your office.
violation-keyboard_password = This password follows neighbouring keys and is easy to guess. Please choose another.
violation-repeated_password = This password repeats or counts characters and is easy to guess. Please choose another.
violation-dated_password = This password is mostly a year or a date and is easy to guess. Please choose another.
violation-pinyin_password = This password is mostly the pinyin of a few characters, such as a name or a place, and is easy to guess. Please add a few unrelated words.
violation-weak_password = This password is too simple and easy to guess. Please make it longer, for example with a few unrelated words.
violation-wrong_password = The present password is not right.
violation-other_organization = Only a colleague of the same organisation can stand in or take over; this one belongs to another organisation, or to one that is closed.
violation-no_office = This colleague holds no office role in the organisation (screener, reviewer, signer, dispatcher, handler, secretary). An administrator has to grant one first.
violation-stands_in = This person stands in, now or soon, in a role that excludes this one. End that period first.
violation-period_too_long = The period is too long: at most { $max } days.
violation-period_too_far = The period has to begin within { $max } days.
violation-period_past = The period can't begin on a day that is over; today is the earliest.
violation-closed_organization = This organisation is closed. Please choose one that is in use.
violation-not_combinable = One person can't hold these roles together: auditor, security administrator and system administrator stand alone.
violation-backwards = The end must be after the beginning.
violation-not_allowed_here = This can't be given here.
violation-duplicate = This is here twice. Please remove one.
violation-no_officer = This department has no officer yet, so nobody would learn of it. Please open an account for one first.
violation-wrong_departments = A single assignment has one department, a split one has two or more, a joint one has one lead and at least one assisting department.
violation-date_passed = The date must lie after today.
violation-date_beyond = The date is too late; the last one possible is { $max }.
violation-date_future = The date must not lie after today.
violation-only_planned = A promised date belongs to a suggestion that is planned, and to no other.
violation-unanswered = Not every suggestion is answered: { $numbers }.
violation-outdated = The author of this manuscript has corrected the original since the text was edited, so it can't go out. A reviewer must update the edited text or drop it first.
violation-recipient_gone = { $name } has been suspended or is no leader any more and can't receive this. Please remove this recipient.
violation-not_accepted = This manuscript has not been accepted yet, or is archived, and can't stand in a bulletin.
violation-bad_file_name = This is no name of a file. Please rename the file and upload it again.
violation-unreadable_file_name = The name of this file is in an unknown encoding. Please rename the file and upload it again.
violation-empty_file = This file is empty (0 bytes); perhaps it was not saved, or not copied to its end. Please look at it and choose it again.
violation-unsupported_file = Files of this type are not taken, or the ending does not fit the content. Taken are PDF, Word, WPS, Excel, PowerPoint (without macros), OFD, RTF, pictures, text and ZIP.
violation-wrong_ending = The ending does not fit the content: this is a .{ $fits } file. Please change the ending to .{ $fits }, or save it again with the program that made it, and choose it again.
violation-encrypted_file = This file has a password for opening, and nobody who receives it could open it. Please open it in Word or WPS, remove the password, save it unencrypted, and choose it again.
violation-macro_file = This file holds macros and is not taken. Please save it in a format without macros (.docx, .xlsx, .pptx), and choose it again.
violation-web_page_file = This file holds a page of the web or XML and is no document. Please open it in Word or WPS, save it as .docx, .xlsx or PDF, and choose it again.
violation-not_between = Write a whole number from { $min } to { $max }.
violation-above_longest = This may not be more than the longest time, { $max }.
violation-no_backup_folder = No folder for backups is set; whoever looks after the server sets backup.folder.
violation-year_unknown = The holidays of this year are not loaded; load the whole year first.
violation-no_change = That day is so already.
violation-bad_notice = This sentence could not be understood: { $line } (from “{ $part }” on). The year was not loaded; please write the sentence as the notice has it.
violation-notice_incomplete = The year was not loaded: the text does not arrange { $holidays }, or leaves out a holiday by law. Please paste the whole notice.
violation-bad_receipt = This does not look like a receipt. Write its digits and letters (at least 8), or paste the whole receipt file.
violation-bad_time = This is no time of day; write it like 09:00.
violation-bad_zone = There is no time zone of this name; for example Asia/Shanghai.
violation-no_channel = There is no channel yet. Open one with `zhitongche channel add`.
violation-which_channel = Please say which channel: { $codes }.
violation-bad_host = Please write a host name or an address only, for example smtp.example.gov.cn, without smtp:// and port.
violation-control_character = It holds a control character that can’t be used. Please type it again.
violation-password_for_host = This is another server: please type the password again. The stored one is not sent to another server.
violation-password_unreadable = The stored password can’t be decrypted on this server. Please type it again.
violation-set_outside = The configuration on the server takes precedence, and nothing can be changed here: { $keys }.
violation-bad_url = Please write a whole address that begins with https://, without a user name, a password and #.
violation-https_needed = The address should begin with https://. http:// is only for the networks in webhooks.allowed_networks of the server's configuration.
violation-address_not_allowed = This address is not allowed: only public ones are, and those of the networks in webhooks.allowed_networks of the server's configuration.
violation-url_unreadable = The stored address can't be decrypted on this server; please type it again.
violation-url_for_format = The format has changed: please type the address again. The stored one is only for the format before.
violation-bad_secret = The signing secret should be 24 to 64 bytes in base64, perhaps behind whsec_.
violation-bad_json = This is not valid JSON: see line { $line }, near character { $column }.
violation-unknown_placeholder = The placeholder { $name } at { $place } can't be used. There are text, desk, number, due, link and letter, and only in values.
violation-not_called = No letters call this role's desk to work, so it can't have a webhook. Choose screeners, reviewers, signers or handlers.

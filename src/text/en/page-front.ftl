# The door: signing in, one-time links.

sign-in-title = Sign in
sign-in-words = Please enter your sign-in name and password.
sign-in-login = Sign-in name
sign-in-password = Password
sign-in-go = Sign in
sign-in-contact = If you can’t sign in, please ask:
sign-in-forgotten = Forgotten password
sign-in-throttled = Too many tries. Please try again after { $until }.
sign-in-wait = Too many tries. Please wait { $seconds } seconds and try again.
forgotten-title = Forgotten password
forgotten-words = Please enter your sign-in name. A link to set a new password will be sent to your e-mail address.
forgotten-go = Send the link
forgotten-sent = If there is such a name, the link is on its way to its e-mail address. If none arrives, please ask your administrator.
forgotten-only-files = This site does not send mail yet, so no link can reach you. Please ask an administrator.
one-time-title = Set your password
one-time-words = At least { $min } characters, and none of the common ones. Several words in a row are easy to remember.
one-time-login = Your sign-in name
one-time-new = New password
one-time-repeated = Once more
one-time-go = Set the password
one-time-differ = The two are not the same. Please enter them again.
one-time-outdated-title = There is a newer link
one-time-outdated = This link was replaced. The newer one was sent on { $at }: please use the link in the newest letter, or on the newest slip.
one-time-outdated-ask = If you can’t find it, please ask:
done-signed-out = You have signed out.
done-password-set = Your password is set. Please sign in.

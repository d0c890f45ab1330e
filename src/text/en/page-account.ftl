# Texts of the pages: account.
account-sign-out = Sign out

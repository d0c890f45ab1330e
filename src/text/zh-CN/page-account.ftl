# Texts of the pages: account.
account-sign-out = 退出登录

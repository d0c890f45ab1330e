# The door: signing in, one-time links.

sign-in-title = 登录
sign-in-words = 请输入登录名和密码。
sign-in-login = 登录名
sign-in-password = 密码
sign-in-go = 登录
sign-in-contact = 登录有困难，请联系：
sign-in-forgotten = 忘记密码
sign-in-throttled = 试的次数太多了，请在 { $until } 以后再试。
sign-in-wait = 试的次数太多了，请等 { $seconds } 秒再试。
forgotten-title = 忘记密码
forgotten-words = 请输入登录名。我们会往您登记的邮箱发一个链接，用它设新密码。
forgotten-go = 发链接
forgotten-sent = 如果有这个登录名，链接已经发出，请到邮箱里查收。没有收到，请联系管理员。
forgotten-only-files = 本站还没有开通邮件，链接寄不到您手里。请联系管理员。
one-time-title = 设置密码
one-time-words = 至少 { $min } 个字符，不要用常见的密码。可以是几个词连起来，好记就行。
one-time-login = 您的登录名
one-time-new = 新密码
one-time-repeated = 再输一遍
one-time-go = 设好密码
one-time-differ = 两次输入的密码不一样，请重新输入。
one-time-outdated-title = 有更新的链接
one-time-outdated = 这个链接已经被新的代替。新的链接是 { $at } 发出的，请打开最新的那封信（或者最新的登录单）里的链接。
one-time-outdated-ask = 找不到那封信，请联系：
done-signed-out = 您已退出。
done-password-set = 密码已设好，请登录。

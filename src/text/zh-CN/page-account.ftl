# Texts of the pages: one's own account, notices, and what lists share.

list-pages = 翻页
list-older = 看更早的
list-newest = 回到最新
choose-none = 请选择
role-stands-in = 代 { $name } 办理
role-serves = 服务于 { $name }

## Notices

inbox-none-unread = 没有未读消息
inbox-unread = { $n ->
   *[other] { $n } 条未读
}
inbox-read-all = 全部标为已读
inbox-which = 看哪些消息
inbox-all = 全部
inbox-only-unread = 只看未读
inbox-new = 未读
inbox-mark-read = 标为已读
inbox-empty = 没有消息
inbox-empty-words = 稿件有进展、有事需要您办时，这里会出现消息，同时发到您的邮箱。
inbox-due-was = 当时的期限：{ $date }
inbox-reason = 理由：{ $text }
inbox-result = 结果：{ $text }
done-read-all = 已全部标为已读。

## The account

account-sign-out = 退出登录
account-profile = 我的资料
account-password = 修改密码
account-tokens = 登录和令牌
account-stand-ins = 代理和移交
account-mine = 基本信息
account-login = 登录名
account-name = 姓名
account-post = 职务
account-organization = 单位
account-email = 邮箱
account-ask-administrator = 姓名、职务、单位、邮箱如有变动，请告诉管理员修改。
account-change = 可以自己改的
account-language = 语言
account-language-hint = 页面和邮件都用这种语言
account-mobile = 手机号
account-mobile-hint = 可以不填；只有管理员看得到
account-save = 保存
account-roles = 我的身份
account-channels = 我的渠道
account-channels-words = 您是多个渠道的成员，用同一个登录名。各渠道的角色、稿件和消息分开。
account-channel-current = 当前渠道
account-channel-go = 切换
account-channel-go-to = 切换到{ $channel }
done-switched = 已切换渠道。
account-no-roles = 还没有身份。需要办理工作时，请联系管理员。
done-saved = 已保存。

account-password-now = 现在的密码
account-password-after = 修改以后，所有设备都会退出登录，程序用的令牌也会失效。请用新密码重新登录。
account-password-go = 修改密码

account-tokens-words = 您在哪些地方登录着，哪些程序在用您的令牌。看到不认识的，请马上结束它，并修改密码。
account-open-now = 现在有效的
account-what = 登录或令牌
account-since = 开始
account-seen = 最近使用
account-until = 到期
account-session = 登录
account-here = 当前这次
account-token = 令牌“{ $name }”
account-end = 结束登录
account-revoke = 作废
account-new-token = 新建令牌
account-new-token-words = 给程序用的。程序拿着它，能做您能做的一切，请妥善保管。
account-token-name = 名称
account-token-name-hint = 例如：统计脚本
account-token-days = 有效天数
account-token-go = 新建令牌
account-token-fresh = 新令牌
account-token-once = 请现在复制保存。离开这一页以后，谁也看不到它了。
done-ended = 已结束。

account-stand-ins-words = 出差、休假时请人代办；离开岗位时把工作移交给接任的人。
account-no-stand-ins = 现在没有人代您办理，您也没有代别人办理。
account-who-acts = 谁代谁
account-role = 身份
account-from = 开始日期
account-to = 结束日期
account-to-hint = 这一天也算在内
account-for-me = { $name } 代我办理
account-i-for = 我代 { $name } 办理
account-over = 已结束
account-end-now = 提前结束
account-name-stand-in = 请人代办
account-stand-in-role = 用哪个身份
account-stand-in-person = 由谁代办
account-same-organization = 本单位的同事
account-stand-in-who = 代办的人会收到消息和邮件。
account-stand-in-clock = 到日子自动开始，到日子自动结束。他办的每一件事，记录里都写明是代您办的。
account-stand-in-go = 请他代办
account-hand-over = 移交工作
account-hand-over-words = 您的身份（{ $roles }）会转给接任的人，等着您办的事由他接着办。
account-successor = 接任的人
account-hand-over-who = 接任的人会收到消息和邮件，知道有多少件事在等。
account-hand-over-clock = 马上生效，各项时限照常走。您自己不能撤回，要改请联系管理员。
account-hand-over-go = 移交
done-stand-in-named = 已安排好，代办的人会收到通知。
done-stand-in-ended = 代办已结束。
done-handed-over = 工作已移交。

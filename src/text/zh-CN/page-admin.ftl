# Texts of the pages: people, organisations, settings, calendar, letters, health.

## People

people-new = 新建人员
people-search = 姓名或登录名
people-any = 不限
people-only-suspended = 只看已停用的
people-find = 查找
people-all = 看全部
people-none = 没有找到
people-none-words = 没有符合条件的人。请少填几个条件再找，或者新建人员。
people-state = 账户
people-active = 正常
people-suspended = 已停用
people-suspended-since = { $date } 起停用
people-no-password = 还没设密码
people-password-set = 已设
people-edit = 修改资料
people-created = 开户日期
people-open = 登录和令牌
people-open-count = { $n ->
   *[other] { $n } 个有效
}
account-password-short = 密码
people-roles = 身份
people-give-role = 授予身份
people-no-roles = 还没有身份，登录以后什么也办不了。
people-since = 授予日期
people-revoke = 收回
people-revoke-this = 收回身份：{ $role }
people-revoke-words = 收回马上生效：他的下一次操作就用不了这个身份。收回和授予都会记入留痕。
people-acts = 可以办的
people-link-words = 往他的邮箱发一个一次性链接，用来设密码。您看不到链接；以前发的会失效。
people-send-link = 发一次性链接
people-own = 这是您自己的账户。停用、授予身份要请另一位管理员办。
people-handover-words = 他离开岗位时，把身份和等着办的事转给接任的人。
people-suspend-words = 停用后他马上退出登录，令牌全部失效；他经手的稿件和记录都保留。他不会收到通知。
people-suspend = 停用账户
people-resume-words = 恢复后他可以用原来的密码重新登录。
people-resume = 恢复账户
people-login-hint = 2 到 64 个小写字母、数字，可以带点、横线
people-optional = 可以不填
people-email-hint = 通知和设密码的链接都发到这里
people-first-role = 身份
people-first-role-hint = 以后可以再加
people-no-role = 先不授予
people-serves = 服务于哪位领导
people-serves-hint = 只有秘书要填
people-nobody = 不填
people-new-who = 他本人，往邮箱发一个一次性链接，用来设密码。
people-new-clock = 链接过期前要设好密码；过期了可以再发。
people-add = 开户并发链接
people-role-hint = 管理员、审计员的身份不能和其他身份一起担任
people-role-organization = 在哪个单位
people-role-clock = 马上生效。授予记入留痕，不另发通知。
people-same-organization = 同单位的人
people-handover-clock = 马上生效，各项时限照常走。原来的人不再有这些身份。
done-person-added = 已开户，设密码的链接正在发往他的邮箱。
done-suspended = 账户已停用。
done-resumed = 账户已恢复。
done-link-sent = 一次性链接正在发往他的邮箱。
done-role-given = 身份已授予。
done-role-revoked = 身份已收回。

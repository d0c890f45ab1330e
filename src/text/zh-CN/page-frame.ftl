# What is around every page.

frame-name = 直通车
frame-description = 建言献策直通车：写建言，看办理，收答复。
frame-skip = 跳到正文
frame-nav = 主要栏目
frame-nav-phone = 主要栏目（手机）
frame-search = 搜索
frame-account = 我的账户
frame-more = 更多
frame-back = 返回
frame-home = 回到首页
frame-undo = 撤销
frame-problems = { $n ->
   *[other] 还差 { $n } 处，没有保存
}
frame-faults = { $n ->
   *[other] 有 { $n } 处需要改正
}
frame-not-saved = 没有保存，您写的内容都在。
frame-kept = 您写的内容都在。
frame-request = 一直这样，请把这个编号告诉管理员：{ $id }

place-leader = 待阅
place-read = 已阅
place-results = 办理结果
place-endorsements = 批示代录
place-dispatch = 督办
place-review = 待审
place-screening = 待初审
place-signing = 待签发
place-handling = 待办
place-mine = 稿件
place-write = 写建言
place-bulletins = 专报
place-ledger = 留痕
place-people = 人员
place-organizations = 单位
place-settings = 设置
place-health = 运行状况
place-calendar = 日历
place-jobs = 任务
place-outbox = 邮件
place-manuscripts = 全部稿件
place-statistics = 统计
place-inbox = 消息
place-account = 我的账户
place-elsewhere = 首页

## Times

ago-now = 刚刚
ago-minutes = { $n } 分钟前
ago-hours = { $n } 小时前
ago-yesterday = 昨天
ago-days = { $n } 天前
due-late-today = 今天逾期
due-late-resting = 已逾期
due-late = 逾期 { $days } 个工作日
due-today = 今天 { $time } 前
due-provisional = { $date }（暂定）
due-day-off = { $date }（休息日）
due-by = { $date }前

## Errors of pages

page-stale = 您打开这一页以后，别人先做了改动。您写的还在，请看一看现在的样子再决定。
page-version-missing = 没有收到这一页的版本，什么也没有保存。请刷新这一页，再提交一次。
page-throttled = 操作太频繁了，请在 { $until } 以后再试。
page-too-large = 这次提交的内容超过了上限（{ $max } 字节），没有提交。您写的没有丢：请按浏览器的“后退”，回到刚才的页面，删减或者分几次提交。
page-other-site = 这次提交来自别的网站，没有照办。请从直通车的页面里操作。
page-nothing-here = 没有这一页，或者不在您能看的范围里。
page-closed-title = 这一页不对您开放
page-closed = 这一页只给{ $roles }用。您要是应当能用，请联系管理员。
page-link-dead-title = 这个链接不能用了
page-link-dead = 它已经用过、过期，或者不完整。请选择“忘记密码”，重新取一个链接。
again-title = 您离开了一会儿
again-words = 为了安全请再输一次密码。您写的都在，输完接着办。
again-title-other = 请再确认一次
again-words-other = 您在别处重新登录过。刚才写的都在，请确认是您本人要提交。
again-title-account = 这一页是另一个账号的
again-words-account = 这一页是账号“{ $login }”打开的，现在登录的是{ $name }。没有提交，您写的都在。要继续，请输入“{ $login }”的密码。
again-words-unknown = 看不出这一页是谁打开的，现在登录的是{ $name }。没有提交，您写的都在。请登录后再提交。
again-wrong = 登录名或密码不正确，请再试一次。
again-wrong-account = 这不是账号“{ $login }”的密码。没有提交，您写的都在。
error-again = 再试一次
error-typed = 您刚才写的
error-typed-words = 这些没有提交。需要的话请先复制下来。
done-cleaned = 已保存。文字里有看不见的控制字符，已经去掉，其余未改动。
again-go = 接着办
again-confirm = 确认提交
after-who = 谁会收到
after-reads = 作者会读到
after-clock = 时限怎么走

## The line of six stations

line-label = 进度：写、审、送、批、办、评
line-write = 写
line-review = 审
line-send = 送
line-endorse = 批
line-handle = 办
line-rate = 评
line-please-rate = 请评价
line-done = 已过
line-now = 现在
line-later = 未到
live-changed = 有新的内容。
live-updated = 列表已更新。
live-reload = 刷新来看
live-other = 现在登录的是另一个账号，这一页不再更新。

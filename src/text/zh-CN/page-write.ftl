# Texts of the pages: write.

## 我的稿件

mine-title = 我的稿件
mine-words = 写、审、送、批、办、评，每一步走到哪里，都在这里。
mine-write = 写建言
mine-untitled = （还没有标题）
mine-with = 与{ $names }联名
mine-all = 全部稿件
mine-earlier = 更早的稿件
mine-newest = 回到最新的
mine-more = 看更早的稿件
mine-asked = 请您办的 { $n } 件
mine-ask-revise = 修改：
mine-ask-rate = 评价：
mine-ask-sign = 联名：
mine-ask-write = 接着写：
mine-do-revise = 去修改
mine-do-rate = 看答复并评价
mine-do-sign = 看稿并答复
mine-do-write = 接着写
mine-why-revise-0 = 已经退回给您，改好送回即可。
mine-why-revise = 还有 { $n } 处修改要求没有勾掉，改好送回即可。
mine-why-rate = 部门的答复已到。您满意不满意，请说一句。
mine-why-sign = { $by }邀请您联名。您在线签名后才算数。
mine-why-write = 草稿，已写 { $n } 字，还没有送出。
mine-at-invited = { $by }邀请您联名，等您看稿后答复。
mine-at-draft = 已写 { $n } 字，还没有送出。
mine-at-waiting = 第一作者还没有送出。
mine-at-screening = { $since }起在单位初审。
mine-at-screening-usual = { $since }起在单位初审，通常 { $days } 个工作日内有结果。
mine-at-review = { $since }起在审核。
mine-at-review-usual = { $since }起在审核，通常 { $days } 个工作日内有结果。
mine-at-returned = { $when }退回给您，改好后送回原来的地方接着看。
mine-at-accepted = { $since }采用，接下来呈送领导。
mine-at-forwarded = { $since }呈送领导，有批示会告诉您。
mine-at-handling = { $since }起由部门办理，答复到了会告诉您。
mine-at-concluded = { $since }办结，请您评价。
mine-at-rated = { $since }办结。
mine-at-archived = { $since }归档。
mine-at-declined = { $since }定为未采用，原因在稿件里。
mine-at-merged = { $since }与同类稿件合并办理，进展一样会告诉您。
mine-at-withdrawn = { $since }撤回，文字都还在。
mine-empty = 还没有稿件
mine-empty-words = 写下一个您看到的问题和一条做得到的建议，就可以送出。每一步走到哪里，都会在这里告诉您。
mine-empty-do = 写第一篇

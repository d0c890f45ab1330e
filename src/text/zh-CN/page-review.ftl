# Texts of the pages: review, screening, signing.

review-title-review = 待审 { $n } 篇
review-title-screening = 待初审 { $n } 篇
review-title-signing = 待签发 { $n } 篇
review-due-later = 到期更晚的
review-most-urgent = 回到最急的
review-late = 逾期 { $n } 篇
review-today = 今天到期 { $n } 篇
review-later = 以后 { $n } 篇
review-empty = 都办完了
review-empty-words = 现在没有稿件等您处理。有新的送来，会发信告诉您。
review-urgent = 急件
review-pick = 选中《{ $title }》
review-sign-many = 签发选中的
review-many-after = 签发以后
review-looks = 看哪一稿
review-difference = 差异
review-place = 第 { $n } / { $of } 篇
review-before = 上一篇
review-next = 下一篇
review-handle = 处理
review-characters = { $n } 字
review-comma = 、
review-sent = { $date }送出，
review-arrived = { $date }到这里
review-due = ，应于 { $date }前办完
review-attachments = 附件：
review-merged-into = 已并入 { $number }。
review-no-edited = 还没有定稿
review-no-edited-words = 原稿可以直接送签；要改文字，请写一份定稿，作者的原稿不会动。
review-edit = 编辑定稿
review-difference-key = 下划线的是定稿加上的，划掉的是原稿里有、定稿去掉的。没有改动的部分不列出。
review-same = 定稿和原稿没有差别。
review-ask = 提修改要求
review-similar = 相近稿件
review-words-so-far = 到现在为止的意见
review-part-title = 案由
review-part-situation = 一、情况问题
review-part-causes = 二、原因分析
review-part-suggestions = 三、建议
review-see-request = 看第 { $n } 处修改要求
review-request = 第 { $n } 处修改要求
review-ticked = 作者已改
review-open-request = 上次提的
review-request-empty = 清空就是不提这一处。

## The act panel

review-what = 怎么处理这篇稿件
review-choose = 请选择
review-do-pass = 初审通过
review-do-recommend = 推荐签发
review-do-return = 退回修改
review-do-decline = 不采用
review-do-merge = 并案
review-do-sign = 签发
review-do-send_back = 退回审核
review-go-pass = 通过，送审核
review-go-recommend = 送签发
review-go-return = 退回给作者
review-go-decline = 不采用
review-go-merge = 并案
review-go-sign = 签发
review-go-send_back = 退给审核员
review-go-any = 照所选的处理
review-opinion = 审核意见
review-opinion-hint = 签发人会读到，作者看不到
review-opinion-sign = 附言
review-opinion-sign-hint = 可以不写；只有办公室的人看得到
review-reason = 给作者的话
review-reason-hint = 修改要求会自动附上
review-reason-back = 退回的原因
review-reason-back-hint = 审核员会读到，作者看不到
review-reason-code = 不采用的原因
review-whole-part = 对整段的修改要求
review-whole-part-hint = 可以不写；要针对一句话，请先选中那句话再按“提修改要求”
review-which-part = 选哪一部分
review-request-words = 要求怎么改
review-merge-into = 并入哪一篇
review-merge-number = 或者写编号
review-merge-number-hint = 例如 2026-0077
review-told-nobody = 不给任何人发信。
review-told = { $who }：“{ $letter }”（邮件和站内信）。
review-and-others = { $names }等 { $n } 人
review-reads-pass = “{ $stage }”。
review-reads-recommend = 仍是“{ $stage }”。您的意见作者看不到。
review-reads-return = “{ $stage }”、您的话、每处要求和所在的句子。内部意见看不到。
review-reads-decline = “{ $stage }”、原因和您的话。
review-reads-merge = 从此显示所并入稿件的进展；信里写明并入的编号。
review-reads-sign = “{ $stage }”。附言作者看不到。
review-reads-send_back = 仍是“{ $stage }”。退回的原因作者看不到。
review-clock-signing = 您的时限到此为止。签发人应在 { $due }前签发。
review-clock-review = 您的时限到此为止。审核员应在 { $due }前审完。
review-clock-returned = 您的时限停下。作者改好送回后，重新给 { $days } 个工作日。
review-clock-accepted = 签发的时限到此为止。接下来可以编入专报呈送领导。
review-clock-ends = 时限到此为止。
review-undo = { $n } 分钟内可以撤销，撤销前不会发出任何信。
review-no-undo = 办理后马上发信，不能撤销。
review-decided = 《{ $title }》已处理，现在是“{ $stage }”。
review-decided-until = { $time } 以前可以撤销，撤销前不会发信。

## Other acts

review-more = 其他处理
review-urgency = 急件
review-urgency-words = 急件的时限减半，从到达这里那天算起。不发信。
review-make-urgent = 标为急件
review-not-urgent = 取消急件
review-refer-words = 稿件仍是“未采用”，作者会收到信，知道转送给了哪里。
review-addressee = 转送到哪个单位
review-refer-note = 附言（作者也会读到）
review-reconsider-words = 稿件回到待审，审核时限重新计算。作者会收到信。
review-reconsider-reason = 为什么重新审核
review-unmerge-words = 稿件回到待审，单独办理。作者会收到信。
review-archive-words = 收进档案，不再显示在列表里；进展和结果都保留。不发信。
done-urgency = 已改。
done-referral = 已转送。
done-reconsideration = 已重新审核。
done-parting = 已取消并案，稿件回到待审。
done-archival = 已归档。
done-edited = 定稿已保存。

## Editing

review-back-to = 回到稿件
review-edit-words = 左边是作者的原稿，不会动；右边写定稿。
review-suggestions-hint = 一条一格；清空就是去掉这一条
review-suggestion = 第 { $n } 条建议
review-one-more = 加一条
review-save-edited = 保存定稿
review-save-words = 不发信，作者在稿件采用后才看得到定稿。
review-no-edit = 现在不能改定稿。
review-theirs = { $by }刚才也存了定稿。
review-theirs-words = 两个版本都留着：对方的在左边，您的在右边。请合起来再存。
review-theirs-title = { $by }存的定稿

## Keys and dialogs

review-keep = 记下
review-cancel = 不提了
review-change = 改
review-remove = 删去
review-close = 关上
review-keys = 键盘
review-key-jk = 下一篇、上一篇
review-key-enter = 打开
review-key-c = 对选中的文字提修改要求
review-key-e = 编辑定稿
review-key-123 = 原稿、定稿、差异
review-key-a = 到处理栏
review-key-go = 照所选的处理
review-key-u = 撤销刚才的处理
review-key-search = 搜索
review-key-help = 显示这张表
review-no-other-signer = 注意：除推荐人和定稿修改人外没有其他签发人，推荐后将无人可以签发；请先请管理员增加签发人。

## An unfinished decision

review-kept-from = 这是您{ $when }写的、还没有提交的处理意见，只有您自己看得到。
review-kept-requests = 其中有 { $n } 条修改要求，在“原稿”里对着原文看。
review-discard = 不要了
review-keep-unfinished = 暂存，以后再处理
review-not-kept = 没有保存上，过一会儿再试
review-kept-gone = 这篇稿件已经不在这里处理，没有保存
done-review-kept = 已暂存。只有您自己看得到，回来接着写。
done-review-discarded = 没有提交的内容已经清除。

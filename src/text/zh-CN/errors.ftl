# 为什么不能这样做。每一句都说清原因，能说的话再说下一步怎么办。

## 工作规则不允许（refusal）

refusal-wrong_role = 您现在的身份不能办理这一步，需要：{ $roles }。
refusal-not_yours = 这份稿件由其他同志或单位办理，您可以查看，但不能办理这一步。
refusal-own_manuscript = 这份稿件您是作者或联名人，按规定不能由您本人审办。
refusal-wrong_stage = 稿件现在是“{ $stage }”，不能办理这一步。请刷新页面，查看现在可以办理什么。
refusal-wrong_state = 现在的状态是“{ $state }”，不能办理这一步。请刷新页面再看。
refusal-signatures_missing = 还有 { $missing } 位受邀联名人没有签名。请等他们签名，或者撤回邀请后再提交。
refusal-classified = 标为秘密、机密、绝密的稿件不能进入本系统。请通过涉密渠道报送。
refusal-has_merged = 已有其他稿件并入这份稿件，不能办理这一步。
refusal-bad_merge_target = 不能并入这份稿件。被并入的稿件应在审核到办理之间，本身没有并案，也不能是同一份。
refusal-target_concluded = 并入的稿件已经办结，不能再取消并案。
refusal-assignments_open = 还有 { $open } 个部门没有办完，暂不能办结。
refusal-nothing_to_undo = 没有可以撤销的操作。
refusal-undo_closed = 已过撤销时限，不能撤销。
refusal-acted_on = 已有人在这一步之后继续办理，不能撤销。
refusal-decision_pending = 稿件此刻正在办理，请在 { $until } 之后再试。
refusal-too_late = 已超过时限（{ $limit }），不能办理这一步。
refusal-already_done = 这一步已经办过了，第一次的有效，没有重复登记。
refusal-second_person = 这一步必须由另一位同志办理。
refusal-last_administrator = 这是本渠道最后一位管理员，不能停用，也不能收回其角色。请先给另一位同志授予管理员角色。
refusal-scan_missing = 这条批示没有扫描件，无法核对。请上传扫描件后重新登记，或请领导本人确认。

## 填写的内容有问题（violation）；前面会写明是哪一项

violation-required = 请填写这一项。
violation-reason_or_reply = 重新办理以后还没有新的答复。请先取得新的答复，或者写明再次办结的理由，作者会读到。
violation-too_long = 共 { $is } 字，最多 { $max } 字，请删减。
violation-too_many = 共 { $is } 项，最多 { $max } 项，请删减。
violation-long = 共 { $is } 字，建议不超过 { $max } 字。可以照常提交。
violation-line_break = 这一项只能写一行，请删除换行。
violation-unknown_category = 没有这个类别，请从列表中选择。
violation-classified = 标为秘密、机密、绝密的稿件不能进入本系统。请通过涉密渠道报送。
violation-out_of_range = 位置 { $is } 超出了范围（最多 { $max }），请重新选择。
violation-bad_email = 电子邮箱的格式不对，例如 li.ming@example.org。
violation-bad_login = 登录名只能用 2 到 64 个小写字母、数字、点、横线和下划线，首尾应为字母或数字。
violation-bad_mobile = 手机号的格式不对，例如 13800138000；境外号码以 + 开头。
violation-bad_date = 日期的格式不对，例如 2026-01-05。
violation-unknown_person = 找不到这位建言人，请核对登录名。
violation-unknown_reason = 本直通车的理由清单里没有这一项。
violation-bad_calendar = 这份节假日安排前后矛盾：请核对年份、起止日期和调休的周末。
violation-bad_value = 这一项的内容不符合接口要求：{ $why }
violation-bad_limit = 每页条数应在 1 到 200 之间。
violation-bad_cursor = 这个翻页标记不对，请从第一页重新开始。
violation-unknown = 没有找到这一项所指的内容，请重新选择。
violation-taken = 已经有人使用，请换一个。
violation-too_short = 共 { $is } 字，至少 { $min } 字。
violation-too_common = 这个密码太容易猜到，请换一个。
violation-wrong_password = 现在的密码不对。
violation-not_combinable = 这些角色不能由同一个人担任：审计员、安全管理员、系统管理员只能单独担任。
violation-backwards = 结束时间应在开始时间之后。
violation-not_allowed_here = 这里不能填写这一项。
violation-duplicate = 这一项重复了，请删去一个。
violation-no_officer = 这个单位还没有承办人，交办后没有人能收到。请先为它开设承办人账号。
violation-wrong_departments = 单办选一个单位；分办选两个以上；会办选一个主办单位和至少一个协办单位。
violation-date_passed = 日期应在今天之后。
violation-date_beyond = 日期太晚，最迟为 { $max }。
violation-date_future = 日期不能在今天之后。
violation-only_planned = 只有“列入计划”的建议才填写承诺日期。
violation-unanswered = 还有建议没有答复：第 { $numbers } 条。
violation-not_accepted = 这份稿件还没有采用，或者已经归档，不能编入专报。
violation-bad_file_name = 文件名里不能有斜杠（/ 和 \），请改名后重新上传。
violation-not_between = 请填 { $min } 到 { $max } 之间的整数。
violation-above_longest = 不能超过“最长”一项里的 { $max }。
violation-year_unknown = 这一年的放假安排还没有载入，请先在下面载入整年的。
violation-no_change = 这一天本来就是这样，不用改。
violation-bad_notice = 这一句没有看懂：{ $line }
violation-bad_receipt = 这不像一份回执。请照抄回执上的数字和字母（至少 8 个），或者贴上回执文件的全部内容。
violation-bad_time = 时间的格式不对，例如 09:00。
violation-bad_zone = 没有这个时区，例如 Asia/Shanghai。
violation-no_channel = 还没有渠道。请先用 zhitongche channel add 开通一个。
violation-which_channel = 请写明是哪个渠道：{ $codes }。

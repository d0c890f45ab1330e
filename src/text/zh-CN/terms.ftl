# 工作用语。键名里的词就是程序和接口里写的那个词。

## Where a manuscript stands, as staff read it

stage-draft = 草稿
stage-screening = 单位初审
stage-review = 待审核
stage-returned = 已退回
stage-signing = 待签发
stage-accepted = 已采用
stage-forwarded = 已呈送
stage-handling = 办理中
stage-concluded = 已办结
stage-archived = 已归档
stage-declined = 未采用
stage-merged = 已并案
stage-withdrawn = 已撤回

## Where a manuscript stands, as its authors read it

stage-author-draft = 草稿
stage-author-screening = 单位初审中
stage-author-review = 审核中
stage-author-returned = 请修改
stage-author-signing = 审核中
stage-author-accepted = 已采用
stage-author-forwarded = 已呈送领导
stage-author-handling = 部门办理中
stage-author-concluded = 已办结，请评价
stage-author-archived = 已归档
stage-author-declined = 未采用
stage-author-merged = 已与同类稿件合并办理
stage-author-withdrawn = 已撤回
stage-author-merged-returned = 合并办理的稿件修改中

## What a person may be in a channel

role-submitter = 建言人
role-screener = 单位初审员
role-reviewer = 审核员
role-signer = 签发人
role-leader = 领导
role-secretary = 秘书
role-dispatcher = 督办员
role-handler = 承办人
role-auditor = 审计员
role-security_admin = 安全管理员
role-system_admin = 系统管理员

## What can be done to a manuscript: the words on a button

action-submit = 提交
action-withdraw = 撤回
action-pass_screening = 初审通过
action-return = 退回修改
action-edit = 编辑定稿
action-carry_over = 更新定稿
action-drop_edited = 不用定稿
action-recommend = 送签
action-decline = 不予采用
action-merge = 并案
action-unmerge = 取消并案
action-decide_merged = 处理并入建议
action-sign = 签发
action-send_back = 退回审核
action-issue = 印发专报
action-recall = 因专报撤销而收回
action-forward = 直接呈送
action-refer = 转送
action-reconsider = 重新审核
action-assign = 交办
action-conclude = 办结
action-reopen = 重新办理
action-archive = 归档
action-undo = 撤销上一步
action-save = 保存
action-discard = 删除草稿
action-invite = 邀请联名
action-co_sign = 联名签名
action-attach = 附件
action-mark_urgent = 标为急件
action-endorse = 批示
action-record_adoption = 登记采用情况
action-rate = 评价

## What sort of text it is

kind-suggestion = 建言
kind-supervision = 监督意见
kind-research = 调研报告

## The parts of a text

part-title = 案由
part-situation = 情况问题
part-causes = 原因分析
part-suggestions = 建议条目

## Whose words a text is

text-kind-original = 原稿
text-kind-edited = 定稿

## A department's answer to one suggestion

answer-adopted = 采纳
answer-partly_adopted = 部分采纳
answer-planned = 列入计划
answer-not_adopted = 不采纳

## What sort of body an organisation is

organization-kind-party = 民主党派
organization-kind-federation = 工商联
organization-kind-association = 知联会、新联会、留联会
organization-kind-united_front = 统战部
organization-kind-leadership = 党委政府
organization-kind-department = 政府部门
organization-kind-other = 其他

## Security classification

classification-none = 无
classification-confidential = 秘密
classification-secret = 机密
classification-top_secret = 绝密

## Why a manuscript is not used (the default list)

decline-reason-state_secret = 涉及国家秘密
decline-reason-against_law = 与法律或国家政策相抵触
decline-reason-internal_matter = 属于党派、团体内部事务
decline-reason-litigation = 正在诉讼、仲裁或信访处理中
decline-reason-academic = 属于纯学术探讨
decline-reason-personal_interest = 涉及个人或亲属利益
decline-reason-promotion = 属于产品推介
decline-reason-accusation = 属于指名举报
decline-reason-no_substance = 内容空泛或没有具体建议
decline-reason-beyond_authority = 超出本级职权范围
decline-reason-under_way = 相关工作已经开展
decline-reason-duplicate = 与已有稿件重复
decline-reason-other = 其他

## Where an assignment stands

assignment-state-dispatched = 待签收
assignment-state-received = 办理中
assignment-state-return_requested = 申请退办
assignment-state-returned = 已退办
assignment-state-cancelled = 已撤销交办
assignment-state-contributed = 已提出协办意见
assignment-state-replied = 已办复
assignment-state-approved = 办复通过

## How departments share an assignment

assignment-form-single = 单办
assignment-form-split = 分办
assignment-form-joint = 会办

## A department's part in a joint assignment

assignment-part-lead = 主办
assignment-part-assisting = 协办

## Where a bulletin stands

bulletin-state-none = 尚未编写
bulletin-state-draft = 编辑中
bulletin-state-submitted = 待签发
bulletin-state-issued = 已印发
bulletin-state-cancelled = 已作废

## How a bulletin holds its manuscripts

bulletin-kind-single = 单篇
bulletin-kind-compiled = 综合
bulletin-kind-referred = 转送

## What a leader's endorsement is

endorsement-kind-noted = 圈阅
endorsement-kind-instruction = 批办性批示
endorsement-kind-guidance = 指导性批示
endorsement-kind-reference = 参阅性批示

## Where an endorsement stands

endorsement-state-entered = 待确认
endorsement-state-confirmed = 已确认
endorsement-state-countersigned = 已复核
endorsement-state-rejected = 已否定

## What can be done to an endorsement that was entered for a leader: the words on a button

endorsement-action-confirm = 确认批示
endorsement-action-countersign = 核对无误
endorsement-action-reject = 否定
endorsement-action-undo = 撤回

## How the author was consulted

consultation-visit = 面谈
consultation-meeting = 座谈
consultation-phone = 电话
consultation-email = 邮件
consultation-letter = 书信
consultation-other = 其他

## Levels of government

adoption-level-county = 县级
adoption-level-city = 市级
adoption-level-province = 省级
adoption-level-central = 中央

## An author's rating

satisfaction-satisfied = 满意
satisfaction-mostly_satisfied = 基本满意
satisfaction-unsatisfied = 不满意

## Where a letter stands

mail-state-none = 仅站内通知
mail-state-queued = 等待发送
mail-state-leased = 正在发送
mail-state-sent = 邮件服务器已接收
mail-state-failed = 发送失败
mail-state-revoked = 已取消发送
mail-state-filed = 只写入了文件，没有寄出
mail-state-withheld = 未发送
withheld-suspended = 收件人账号已停用，没有发送
withheld-no_address = 收件人没有邮箱地址，没有发送
withheld-not_recipient = 发送前核对：收件人已不在应收范围内，没有发送
withheld-link_ended = 信中的一次性链接已失效（已使用、已换新或已过期），没有发送
mail-stage-connect = 连接服务器
mail-stage-tls = 建立加密
mail-stage-greeting = 服务器应答
mail-stage-sign_in = 登录服务器
mail-stage-sender = 核对发件地址
mail-stage-recipient = 核对收件地址
mail-stage-message = 传送正文
mail-route-file = 写入文件（不寄出）
mail-route-smtp = 邮件服务器（SMTP）
mail-security-tls = TLS（全程加密）
mail-security-starttls = STARTTLS（先连接，再加密）
mail-security-opportunistic = 服务器支持时加密
mail-security-none = 不加密
webhook-format-generic = 通用（签名的 JSON）
webhook-format-wecom = 企业微信群机器人
webhook-format-dingtalk = 钉钉群机器人
webhook-format-feishu = 飞书群机器人
webhook-fault-unreadable = 已保存的地址在这台服务器上无法解密，请重新填写
webhook-fault-no_host = 找不到接收方的主机名
webhook-fault-not_allowed = 接收方的地址不在允许的范围内：只能发往公网地址（https），或服务器配置 webhooks.allowed_networks 列出的网段
webhook-fault-no_connection = 连接不上接收方
webhook-fault-tls = 与接收方建立加密失败，可能是证书不受信任或已过期
webhook-fault-timed_out = 接收方没有在规定时间内应答
webhook-fault-redirect = 接收方要求转到另一个地址，不予跟随；请填写最终地址
webhook-fault-status = 接收方应答的状态表示没有接受
webhook-fault-too_large = 接收方的应答太长
webhook-fault-robot = 机器人返回错误
webhook-fault-bad_answer = 接收方的应答不像这种机器人的，请核对格式和地址
webhook-fault-busy = 正在进行别的试发，请稍后再试

## What can be done to an assignment: the words on a button

assignment-action-receive = 签收
assignment-action-request_return = 申请退办
assignment-action-grant_return = 同意退办
assignment-action-refuse_return = 不同意退办
assignment-action-request_extension = 申请延期
assignment-action-decide_extension = 审批延期
assignment-action-contribute = 提出协办意见
assignment-action-reply = 办复
assignment-action-approve = 办复通过
assignment-action-reject = 退回重办
assignment-action-urge = 催办
assignment-action-report = 报告落实进展
assignment-action-cancel = 撤销交办
assignment-action-attach = 附件

## What can be done to a bulletin: the words on a button

bulletin-action-compose = 编写专报
bulletin-action-edit = 修改
bulletin-action-discard = 删除
bulletin-action-submit = 送签
bulletin-action-send_back = 退回修改
bulletin-action-issue = 签发并印发
bulletin-action-cancel = 作废

## How a recipient stands in the foot of a bulletin

recipient-kind-report = 报
recipient-kind-send = 送
recipient-kind-distribute = 发

## In which form another level took it up

adoption-form-single = 单篇采用
adoption-form-compiled = 综合采用
adoption-form-referred = 转送采用

## Who is told: shown before a decision

audience-authors = 全体作者
audience-screeners = 单位初审员
audience-reviewers = 审核员
audience-signers = 签发人
audience-dispatchers = 督办员
audience-recipients = 呈送的领导及秘书
audience-endorsers = 作了批示的领导
audience-handlers = 承办部门
audience-named = 指定的人员
audience-administrators = 系统管理员
audience-auditors = 审计员

## What an act must carry: shown beside the button

need-form = 填写完整的稿件和声明
need-reason = 理由
need-reason_code = 不采用的原因
need-opinion = 审核意见
need-target = 并入的稿件
need-recipients = 呈送的领导
need-addressee = 转送的单位
need-departments = 承办部门和期限
need-result = 办理结果
need-reason_or_reply = 重新办理以后：新的答复，或者作者会读到的说明
need-reason_or_suggestions = 列入答复的建议；不列入的，作者会读到的理由

## Who may act, in which relation to the manuscript

who-first_author = 第一作者（或代录人）
who-any_author = 每位作者
who-screener = 作者单位的初审员
who-reviewer = 审核员
who-signer = 签发人
who-dispatcher = 督办员
who-leader = 收到呈送的领导
who-secretary = 该领导的秘书
who-handler = 承办部门的承办人

## What else must hold

guard-every_signature = 受邀联名人都已签名
guard-nothing_merged = 没有其他稿件并入
guard-was_merged = 归档前是并案
guard-merge_target = 并入的稿件在审核到办理之间，本身没有并案，也不是同一份
guard-target_open = 并入的稿件尚未办结
guard-target_handled = 并入的稿件已呈送或在办理中
guard-merged_decided = 办理中的，并入稿件的建议都已处理，列入的都已交办
guard-not_answered_alone = 没有单位只在答复它的建议
guard-assignments_settled = 各部门都已办完、退办或撤销
guard-was_accepted = 曾被采用
guard-was_forwarded = 曾呈送领导
guard-was_concluded = 本稿或并入的稿件已办结
guard-four_eyes = 不是推荐人，也不是定稿的修改人
guard-text_current = 没有定稿，或定稿以最新的原稿为准
guard-text_outdated = 作者改过原稿，定稿还没有更新
guard-has_edited = 有定稿
guard-undoable = 由本人作出，时限未过，其他人尚未接着办理

## The queues of work

work-queue-drafts = 撰写
work-queue-screening = 初审
work-queue-review = 审核
work-queue-signing = 签发
work-queue-circulation = 呈送
work-queue-reading = 批示
work-queue-dispatch = 督办
work-queue-receipt = 签收
work-queue-reply = 办理答复

## 程序自己办理时写明的原因

reopened-by-instruction = 领导作出新的批办性批示，重新办理。

job-kind-seal = 登记编号与签校验点
job-kind-deliver_mail = 发送邮件
job-kind-remind = 办理提醒
job-kind-staffing = 检查无人担任的岗位
job-kind-recompute_due_dates = 重新计算办理时限
job-kind-check_ledger = 核对操作留痕
job-kind-anchor = 寄送校验点
job-kind-archive = 自动归档
job-kind-close_windows = 结束撤销时限
job-kind-endorsements = 批示生效
job-kind-count_statistics = 汇总统计数字
job-kind-housekeeping = 清理过期数据
job-kind-backup = 备份
job-kind-call_webhook = 发送群通知
job-state-waiting = 等待
job-state-running = 运行中
job-state-done = 已完成
job-state-dead = 停止重试
job-state-discarded = 已放弃
job-fault-failed = 运行出错
job-fault-panicked = 程序异常
job-fault-unreadable = 任务内容无法读取
job-fault-timed_out = 超过时限
job-fault-abandoned = 运行它的服务器中断
## 星期

weekday-1 = 星期一
weekday-2 = 星期二
weekday-3 = 星期三
weekday-4 = 星期四
weekday-5 = 星期五
weekday-6 = 星期六
weekday-7 = 星期日

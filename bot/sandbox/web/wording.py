"""Deadlines and rounds in words, for the page's rule bar."""

from __future__ import annotations

DEADLINES = {
    "task.reply": ("任务：等待答复", "Task: reply"),
    "task.escalate": ("任务：未答复，报上级", "Task: report to the superior"),
    "task.due": ("任务：完成时限", "Task: to be solved"),
    "group.unbound": ("群组：尚未登记用途", "Group: purpose not set"),
    "lead.contact": ("线索：首次联系反馈", "Lead: first contact"),
    "lead.record": ("线索：补全客户档案", "Lead: customer record"),
    "customer.remind": ("客户：补全资料提醒", "Customer: reminder to complete"),
    "customer.complete": ("客户：资料须补全", "Customer: record complete"),
    "complaint.sort": ("投诉：分类", "Complaint: to be sorted"),
    "complaint.first_reply": ("投诉：首次回复", "Complaint: first reply"),
    "complaint.handle": ("投诉：处理完成", "Complaint: handled"),
    "complaint.close": ("投诉：结案", "Complaint: closed"),
    "complaint.delivery": ("投诉：交付", "Complaint: delivery"),
    "visit.next": ("拜访：下一步提醒", "Visit: next step"),
    "visit.plan_day": ("拜访计划：当天提醒", "Visit plan: the day"),
    "visit.plan_end": ("拜访计划：到期核对", "Visit plan: end"),
    "approval.remind": ("审批：提醒", "Approval: reminder"),
    "approval.due": ("审批：审批时限", "Approval: to be decided"),
    "approval.answer": ("审批：补充说明时限", "Approval: question to be answered"),
    "delegation.begins": ("代理：开始", "Delegation: begins"),
    "delegation.ends": ("代理：结束", "Delegation: ends"),
    "appeal.material": ("申诉：材料截止", "Appeal: end of the material"),
    "appeal.remind": ("申诉：提醒裁定", "Appeal: reminder"),
    "appeal.decide": ("申诉：裁定时限", "Appeal: to be decided"),
    "handover.nearly_due": ("交接：提醒确认", "Handover: reminder"),
    "handover.confirm": ("交接：确认时限", "Handover: to be confirmed"),
    "handover.carry": ("交接：移交", "Handover: carried out"),
    "handover.sign": ("交接：签字", "Handover: to be signed"),
    "campaign.remind": ("转发活动：提醒", "Campaign: reminder"),
    "campaign.end": ("转发活动：结束", "Campaign: end"),
    "training.end": ("培训：结束登记", "Training: end"),
    "backup.overdue": ("备份：太久没有备份", "Backup: none for long"),
    "rules.switch": ("制度：条文生效", "Rules: a clause comes into force"),
}
ROUNDS = {
    "checkin.prompt": ("报到：发起", "Check-in: asks"),
    "checkin.close": ("报到：汇总", "Check-in: list"),
    "complaint.urge": ("投诉：每日催办", "Complaints: daily urging"),
    "approvals.morning": ("审批：每早代理与缺席", "Approvals: who is away"),
    "duty.report": ("值班：无人值班提醒", "Duty: days without anyone"),
    "duty.remind": ("值班：前一日提醒", "Duty: the day before"),
    "duty.start": ("值班：当日开始", "Duty: the day begins"),
    "ledger.statement": ("奖惩：月度对账单", "Ledger: monthly statements"),
    "ledger.clean_year": ("奖惩：全年无投诉", "Ledger: a year without complaints"),
    "reading.reminders": ("条文阅读：提醒", "Clauses to read: reminder"),
    "rules.trial": ("制度：影子期周报", "Rules: the week on trial"),
    "backup.daily": ("备份：每天一份", "Backup: one a day"),
    "audit.anchor": ("留痕：月度存证", "Trail: monthly anchor"),
}
SUBJECTS = {
    "task": ("任务", "task"),
    "lead": ("线索", "lead"),
    "customer": ("客户", "customer"),
    "complaint": ("投诉", "complaint"),
    "visit": ("拜访", "visit"),
    "plan": ("拜访计划", "visit plan"),
    "group": ("群组", "group"),
    "checkin": ("报到", "check-in"),
    "approval": ("审批", "approval"),
    "delegation": ("代理", "delegation"),
    "appeal": ("申诉", "appeal"),
    "handover": ("交接", "handover"),
    "campaign": ("转发活动", "campaign"),
    "training": ("培训", "training"),
    "backup": ("备份", "backup"),
    "switch": ("条文", "clause"),
}
DAYS = {
    "workday": ("工作日", "Working day"),
    "restday": ("休息日", "Rest day"),
    "holiday": ("法定假日", "Public holiday"),
    "makeup": ("调休上班", "Make-up workday"),
    "company_on": ("公司加班日", "Company workday"),
    "company_off": ("公司放假", "Company day off"),
}


def in_words(table: dict[str, tuple[str, str]], key: str) -> dict[str, str]:
    """Chinese and English; the key itself where nobody has worded it."""
    zh, en = table.get(key, (key, key))
    return {"zh": zh, "en": en}


def subject_in_words(subject: str) -> dict[str, str]:
    """The subject of a deadline: `lead:7` is 线索 7."""
    area, _, number = subject.partition(":")
    words = in_words(SUBJECTS, area)
    return {language: f"{word} {number}".strip() for language, word in words.items()}

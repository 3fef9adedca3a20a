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
}
ROUNDS = {
    "checkin.prompt": ("报到：发起", "Check-in: asks"),
    "checkin.close": ("报到：汇总", "Check-in: list"),
    "complaint.urge": ("投诉：每日催办", "Complaints: daily urging"),
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

"""Follow-ups, important days, news, and what customers are asked (FUP, CMP-14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from core.rulebook.problems import Finding
from core.rulebook.sections.base import (
    Choice,
    Clock,
    Count,
    Days,
    Hours,
    MonthOfYear,
    Months,
    NoOrDays,
    Sanction,
    Section,
    StaffRole,
    Stars,
    Words,
    Yes,
)
from core.rulebook.sections.crosschecks import doubles, rising_days
from core.rulebook.wording import ProblemKind


class FollowupPlan(Section):
    """Calendar days after an event on which somebody gets in touch."""

    title: Words
    after: Literal["purchase", "no_purchase", "delivery", "complaint", "repair", "contract"]
    role: StaffRole
    days: Annotated[tuple[Days, ...], Field(min_length=1)]


class ProjectPlan(Section):
    """Follow-ups of a project: how many months apart, in its first year and later."""

    first_year_months: Months
    later_months: Months


class NewsRules(Section):
    """News to customers who agreed to them (FUP-5)."""

    most_per_month: Count
    topics: Annotated[tuple[Choice, ...], Field(min_length=1)]
    send_from: Clock
    send_until: Clock


class FollowupRules(Section):
    """Who gets in touch when (FUP-1, FUP-2, FUP-4, FUP-5)."""

    plans: Mapping[str, FollowupPlan]
    projects: ProjectPlan
    due_at: Clock  # on its day
    late_days: NoOrDays  # until a missed one alerts; 0: at the end of its day
    may_be_called_off: Yes  # with a reason
    miss_sanction: Sanction
    birthday_days_before: NoOrDays
    contract_days_before: Days
    greeting_month: MonthOfYear  # new-year greeting and next year's needs
    news: NewsRules


SurveyEvent: TypeAlias = Literal["complaint_closed", "repair_done", "order_delivered", "lead_closed"]


class SurveyRules(Section):
    """What customers are asked (FUP-3, CMP-14)."""

    every_months: Months
    after: tuple[SurveyEvent, ...]
    wait_hours: Hours  # after the event
    remind_days: Days
    close_days: Days  # without an answer
    apart_days: Days  # between two surveys to one customer
    low_stars: Stars  # at most so many: asked for the reason; a complaint is reopened
    reasons: Annotated[tuple[Choice, ...], Field(min_length=1)]


def check_followups(rules: FollowupRules) -> Iterator[Finding]:
    """Days of a plan rise; news have a time of day in which they may go out."""
    for key, plan in rules.plans.items():
        yield from rising_days(("followups", "plans", key, "days"), plan.days)
    yield from doubles(("followups", "news", "topics"), [topic.key for topic in rules.news.topics])
    if rules.news.send_from >= rules.news.send_until:
        paths = (("followups", "news", "send_from"), ("followups", "news", "send_until"))
        got = f"{rules.news.send_from:%H:%M} / {rules.news.send_until:%H:%M}"
        yield Finding(ProblemKind.ORDER, paths, "followups.news: send_from < send_until", got)


def check_surveys(rules: SurveyRules) -> Iterator[Finding]:
    yield from doubles(("surveys", "after"), rules.after)
    yield from doubles(("surveys", "reasons"), [reason.key for reason in rules.reasons])
    if rules.remind_days >= rules.close_days:
        paths = (("surveys", "remind_days"), ("surveys", "close_days"))
        got = f"{rules.remind_days} / {rules.close_days}"
        yield Finding(ProblemKind.ORDER, paths, "surveys.remind_days < surveys.close_days", got)

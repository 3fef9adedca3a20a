"""Texts of the register's forms: a person's card, a change before it is made, departments (ORG-1)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.views.base import Html, Screen, Viewer, fill, lines, role_name, shows, words
from bot.views.people.files import change_line, column_name, fault_reason, status_name, value_name
from core import people
from core.notices import Facts
from core.people import Branch, DepartmentCard, DepartmentRefused, Edit, EditRefused, PersonCard

FEW_NAMES = 5


def person_card(v: Viewer, seen: PersonCard) -> Html:
    """Everything of a record, with the last changes."""
    one = seen.person
    return lines(
        fill("<b>{label}</b> ({number})", label=one.label, number=one.number),
        fill("{status} · {account}", status=status_name(v, one.status), account=_account(v, seen)),
        v.t("Department: {path}", path=seen.path),
        v.t("Role: {role}", role=Html("、".join(role_name(v, role) for role in sorted(one.roles)))),
        v.t("Level: {level}", level=one.level) if one.level else None,
        v.t("Region: {regions}", regions="、".join(one.regions)) if one.regions else None,
        v.t("Industry: {industry}", industry=one.industry) if one.industry else None,
        v.t("Phone: {phone}", phone=one.phone) if one.phone else None,
        v.t("Superior: {label}", label=seen.superior.label) if seen.superior else None,
        v.t("Direct reports: {names}", names=_names(seen.reports)) if seen.reports else None,
        *(_change(v, one) for one in seen.changes),
    )


def _account(v: Viewer, seen: PersonCard) -> Html:
    if seen.account is None:
        return v.t("no account: /invite {number}", number=seen.person.number)
    name = f"@{seen.account.username}" if seen.account.username else seen.account.name
    return v.t("account {name}", name=name)


def _names(people_: Sequence[people.Person]) -> str:
    shown = "、".join(one.name for one in people_[:FEW_NAMES])
    return shown if len(people_) <= FEW_NAMES else f"{shown}… ({len(people_)})"


def _change(v: Viewer, one: people.Change) -> Html:
    by = fill("{by} ", by=one.by) if one.by else ""
    return fill("<i>{at} {by}{told}</i>", at=v.when(one.at), by=by, told=history_line(v, one))


def history_line(v: Viewer, one: people.Change) -> Html:
    if one.field == "added":
        return v.t("added")
    return change_line(v, one.field, one.before, one.after)


def found_label(v: Viewer, one: people.Person) -> str:
    """A person to pick from a list."""
    return f"{one.label} ({one.number})" if one.is_staff else f"{one.label} ({one.number}) · {v.t('left')}"


def field_name(v: Viewer, field: str) -> str:
    return str(column_name(v, field))


def ask_value(v: Viewer, seen: PersonCard, field: str) -> Html:
    """The question for a new value."""
    return lines(
        fill("<b>{label}</b>", label=seen.person.label),
        v.t("{field}: what shall it be?", field=column_name(v, field)),
    )


def ask_sure(v: Viewer, change: Edit) -> Html:
    """A change before it is made, with what else comes of it."""
    one = change.difference
    behind = v.t(
        "{n} who report to them stay behind and get the next superior: {names}",
        n=len(change.behind),
        names=_names(change.behind),
    )
    return lines(
        fill("<b>{label}</b>", label=change.person.label),
        change_line(v, one.field, one.before, one.after),
        behind if change.behind else None,
    )


@shows(people.EDITED)
def edited(v: Viewer, facts: Facts) -> Screen:
    line = change_line(v, str(facts["field"]), str(facts["before"]), str(facts["after"]))
    return Screen(v.t("{by} changed your staff record: {change}", by=facts["by"], change=line))


@words(EditRefused)
def edit_refused(v: Viewer, error: EditRefused) -> str:
    reason = fault_reason(v, error.fault)
    if not error.fault.text:
        return fill("{field}：{reason}", field=column_name(v, error.fault.column), reason=reason)
    return v.t("“{text}”: {reason}", text=error.fault.text[:40], reason=reason)


# Departments --------------------------------------------------------------------------------------------


def branch_label(v: Viewer, one: Branch) -> str:
    """A department in the list of the tree."""
    manager = f" · {one.manager}" if one.manager else ""
    return f"{'　' * one.depth}{one.department.name} · {one.people}{manager}"


def department_card(v: Viewer, seen: DepartmentCard) -> Html:
    answers = seen.answers.label if seen.answers else v.t("nobody")
    return lines(
        fill("<b>{path}</b>", path=seen.path),
        v.t("{n} people", n=seen.people),
        v.t("Manager: {label}", label=seen.manager.label)
        if seen.manager
        else v.t("No manager named; {label} answers for it.", label=answers),
        *(_department_change(v, one) for one in seen.changes),
    )


def _department_change(v: Viewer, one: people.Change) -> Html:
    names = {
        "added": v.t("added"),
        "name": v.t("renamed"),
        "parent": v.t("moved"),
        "manager": v.t("manager"),
        "removed": v.t("removed"),
    }
    return fill(
        "<i>{at} {by} {what} {before} → {after}</i>",
        at=v.when(one.at),
        by=one.by,
        what=names[one.field],
        before=value_name(v, "department", one.before),
        after=value_name(v, "department", one.after),
    )


@words(DepartmentRefused)
def department_refused(v: Viewer, error: DepartmentRefused) -> str:
    reasons = {
        "empty": v.t("A department needs a name."),
        "long": v.t("At most {most} characters.", most=error.count),
        "slash": v.t("A name has no “/” in it; choose the department above first."),
        "taken": v.t("There is a {name} at this place already.", name=error.name),
        "cycle": v.t("{name} can't be below itself.", name=error.name),
        "people": v.t("{n} people are in {name}; also those who left count.", n=error.count, name=error.name),
        "below": v.t("{n} departments are below {name}.", n=error.count, name=error.name),
        "groups": v.t("{n} groups are bound to {name}.", n=error.count, name=error.name),
    }
    return reasons[error.reason]

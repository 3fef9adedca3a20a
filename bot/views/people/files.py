"""Texts about the staff register and its file (ORG-1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.press import press
from bot.views.base import Button, Html, Screen, Viewer, fill, lines, role_name, row, words
from core import people
from core.people import DepartmentPlan, ImportPlan, Proposal, RowPlan

MOST_LISTED = 40
MOST_QUOTED = 30  # characters of a cell that is quoted
FEW_ADDED = 10
FEW_SHOWN = 6


def register(v: Viewer, people_: Sequence[tuple[people.Person, people.Account | None]], *, admin: bool) -> Screen:
    """The register: ✅ bound, 🔕 bound but not to be reached, — without an account."""
    bound = sum(1 for _, account in people_ if account)
    silent = sum(1 for _, account in people_ if account and not account.reachable)
    more = len(people_) - MOST_LISTED
    return Screen(
        lines(
            v.t("{total} people, {bound} with an account", total=len(people_), bound=bound),
            v.t("🔕 {n} can't be written to: they stopped the bot", n=silent) if silent else None,
            *(
                fill("{mark} {number} {label}", mark=_mark(account), number=p.number, label=p.label)
                for p, account in people_[:MOST_LISTED]
            ),
            v.t("… and {more} more", more=more) if more > 0 else None,
            _template(v) if admin else None,
        ),
        row(
            Button(v.t("Find, change, add"), press("sff")),
            Button(v.t("Departments"), press("sft")),
            Button(v.t("Files…"), press("sfm")),
        )
        if admin
        else (),
    )


def more(v: Viewer) -> Screen:
    """What else there is to do with the register."""
    return Screen(
        lines(
            _template(v),
            v.t("Departments likewise, with these columns (the first is needed):"),
            fill("<code>{columns}</code>", columns=",".join(column_name(v, name) for name in TREE_COLUMNS)),
        ),
        row(
            Button(v.t("Register as spreadsheet"), press("sfx")), Button(v.t("Make invite links"), press("inviteall"))
        ),
    )


def _mark(account: people.Account | None) -> str:
    if account is None:
        return "—"
    return "✅" if account.reachable else "🔕"


def _template(v: Viewer) -> Html:
    return lines(
        v.t("To add or change people send me a CSV or XLSX file with these columns (the first four are needed):"),
        fill("<code>{columns}</code>", columns=",".join(column_name(v, name) for name in COLUMNS)),
    )


COLUMNS = ("number", "name", "department", "role", "level", "superior", "regions", "industry", "phone")
TREE_COLUMNS = ("department", "parent", "manager")


def column_name(v: Viewer, name: str) -> Html:
    """A column of the staff file as its heading says."""
    names = {
        "number": v.t("Staff number"),
        "name": v.t("Name"),
        "department": v.t("Department"),
        "role": v.t("Role"),
        "level": v.t("Level"),
        "superior": v.t("Superior"),
        "regions": v.t("Region"),
        "industry": v.t("Industry"),
        "phone": v.t("Phone"),
        "status": v.t("Status"),
        "admin": v.t("Administrator"),
        "parent": v.t("Department above"),
        "manager": v.t("Manager"),
    }
    return names[name]


def value_name(v: Viewer, field: str, value: str) -> Html:
    """A field's value as people read it."""
    if not value:
        return v.t("none")
    if field == "role":
        return role_name(v, value)
    if field == "admin":
        return v.t("yes")
    if field == "status":
        return status_name(v, value)
    return fill("{value}", value=value)


def status_name(v: Viewer, status: str) -> Html:
    return {"active": v.t("active"), "leaving": v.t("handing over"), "left": v.t("left")}[status]


def imported(v: Viewer, outcome: people.Imported, ignored: Sequence[str]) -> Screen:
    return Screen(
        lines(
            v.t(
                "Taken over: {added} added, {changed} changed, {unchanged} unchanged",
                added=len(outcome.added),
                changed=outcome.changed,
                unchanged=outcome.unchanged,
            ),
            *(fill("＋ {number} {label}", number=p.number, label=p.label) for p in outcome.added[:FEW_ADDED]),
            v.t("… and {more} more", more=len(outcome.added) - FEW_ADDED) if len(outcome.added) > FEW_ADDED else None,
            v.t("Columns not used: {columns}", columns="、".join(ignored)) if ignored else None,
        ),
        row(Button(v.t("Make invite links"), press("inviteall"))),
    )


def tree_built(v: Viewer, plan: DepartmentPlan) -> Screen:
    return Screen(
        v.t(
            "Taken over: {added} departments added, {moved} moved, {led} with another manager",
            added=len(plan.added),
            moved=len(plan.moved),
            led=len(plan.led),
        )
    )


# Before it is taken over --------------------------------------------------------------------------------


def proposed(v: Viewer, found: Proposal) -> Screen:
    """What a file would change, in counts and first lines; one press takes it over."""
    if found.unknown:
        return _unknown(v, found)
    plan = found.plan
    told = _staff_plan(v, plan) if isinstance(plan, ImportPlan) else _tree_plan(v, plan)
    again = (
        v.t("The register has changed meanwhile; this is what the file would change now.") if found.again else None
    )
    ignored = v.t("Columns not used: {columns}", columns="、".join(found.ignored)) if found.ignored else None
    nothing = isinstance(plan, ImportPlan) and not plan.added and not plan.changed
    buttons = row(
        None if nothing else Button(v.t("Import it"), press("sfy", found.id)),
        Button(v.t("Leave it"), press("sfn", found.id)),
    )
    return Screen(lines(again if found.again else None, *told, ignored), buttons)


def _unknown(v: Viewer, found: Proposal) -> Screen:
    """Departments that are not there: a slip of the pen, or new ones."""
    more = len(found.unknown) - MOST_LISTED
    names = list(dict.fromkeys(fault.text for fault in found.unknown))
    return Screen(
        lines(
            v.t("Nothing has changed yet. These departments are not in the register:"),
            *(fault_line(v, fault) for fault in found.unknown[:MOST_LISTED]),
            v.t("… and {more} more", more=more) if more > 0 else None,
            v.t("Correct the file and send it again, or have them made: {names}", names="、".join(names)),
        ),
        row(
            Button(v.t("Make {n} departments", n=len(names)), press("sfd", found.id)),
            Button(v.t("Leave it"), press("sfn", found.id)),
        ),
    )


def _staff_plan(v: Viewer, plan: ImportPlan) -> list[Html | None]:
    back = sum(one.is_back for one in plan.changed)
    shown = plan.changed[:FEW_SHOWN]
    return [
        v.t(
            "Would be taken over: {added} added, {changed} changed, {unchanged} unchanged",
            added=len(plan.added),
            changed=len(plan.changed),
            unchanged=plan.unchanged,
        ),
        v.t("⚠️ {n} of them had left and would be back", n=back) if back else None,
        v.t("New departments: {names}", names="、".join(plan.departments)) if plan.departments else None,
        *(fill("＋ {number} {path}-{name}", **_named(one)) for one in plan.added[:FEW_ADDED]),
        v.t("… and {more} more", more=len(plan.added) - FEW_ADDED) if len(plan.added) > FEW_ADDED else None,
        *(_changed(v, one) for one in shown),
        v.t("… and {more} more", more=len(plan.changed) - FEW_SHOWN) if len(plan.changed) > FEW_SHOWN else None,
    ]


def _named(one: RowPlan) -> dict[str, str]:
    return {"number": one.row.number, "path": one.row.department.rpartition("/")[2], "name": one.row.name}


def _changed(v: Viewer, one: RowPlan) -> Html:
    told = [change_line(v, change.field, change.before, change.after) for change in one.differences]
    if one.is_back:
        told.insert(0, v.t("back again"))
    return fill("✎ {number} {name}：{told}", **_named(one), told=Html("；".join(told)))


def change_line(v: Viewer, field: str, before: str, after: str) -> Html:
    """电话 138… → 139…"""
    return fill(
        "{field} {before} → {after}",
        field=column_name(v, field),
        before=value_name(v, field, before),
        after=value_name(v, field, after),
    )


def _tree_plan(v: Viewer, plan: DepartmentPlan) -> list[Html | None]:
    lines_ = [
        *(fill("＋ {path}", path=one.after) for one in plan.added),
        *(fill("✎ {before} → {after}", before=one.before, after=one.after) for one in plan.moved),
        *(
            fill(
                "✎ {path}：{line}",
                path=one.after,
                line=change_line(v, "manager", one.manager_before, one.manager_after),
            )
            for one in plan.led
        ),
    ]
    more = len(lines_) - FEW_ADDED
    return [
        v.t(
            "Would be taken over: {added} departments added, {moved} moved, {led} with another manager",
            added=len(plan.added),
            moved=len(plan.moved),
            led=len(plan.led),
        ),
        *lines_[:FEW_ADDED],
        v.t("… and {more} more", more=more) if more > 0 else None,
    ]


def _manager_line(v: Viewer, before: str, after: str) -> Html:
    return change_line(v, "manager", before, after)


def file_dropped(v: Viewer) -> Screen:
    return Screen(v.t("Nothing was changed."))


def register_sheet(v: Viewer, people_: Sequence[dict[str, str]]) -> tuple[str, list[str], list[list[str]]]:
    """(file's name, heading, rows): what a file that is taken over may look like."""
    columns = (*COLUMNS, "status")
    rows = [[str(value_name(v, name, one[name])) if one[name] else "" for name in columns] for one in people_]
    return v.t("staff") + ".xlsx", [str(column_name(v, name)) for name in columns], rows


# What is wrong with it ----------------------------------------------------------------------------------


@words(people.StaffFileRefused)
def staff_file_refused(v: Viewer, error: people.StaffFileRefused) -> str:
    more = len(error.faults) - MOST_LISTED
    return lines(
        v.t("The file was not taken; nothing has changed. Please correct:"),
        *(fault_line(v, fault) for fault in error.faults[:MOST_LISTED]),
        v.t("… and {more} more", more=more) if more > 0 else None,
    )


def fault_line(v: Viewer, fault: people.RowFault) -> Html:
    reason = fault_reason(v, fault)
    if not fault.line:
        return v.t("“{text}”: {reason}", text=fault.text[:MOST_QUOTED], reason=reason)
    if not fault.text:
        return v.t(
            "Line {line}, {column}: {reason}", line=fault.line, column=column_name(v, fault.column), reason=reason
        )
    return v.t(
        "Line {line}, {column} “{text}”: {reason}",
        line=fault.line,
        column=column_name(v, fault.column),
        text=fault.text[:MOST_QUOTED],
        reason=reason,
    )


def fault_reason(v: Viewer, fault: people.RowFault) -> Html:
    """What is wrong, and what would do instead."""
    listed = "、".join(fault.expected)
    reasons: dict[str, Callable[[], Html]] = {
        "broken": lambda: v.t("can't be read. Save it as XLSX, or as CSV in UTF-8, and send it again"),
        "empty_file": lambda: v.t("has no people in it: a line of headings, then one line for each"),
        "too_large": lambda: v.t("is too large; at most 5 MB"),
        "too_many_rows": lambda: v.t("has more than {most} lines; please send it in parts", most=listed),
        "old_excel": lambda: v.t("is in the old .xls format or locked; save it as .xlsx without a password"),
        "not_a_table": lambda: v.t("is no staff file; send a .csv or .xlsx"),
        "missing_column": lambda: v.t("there is no column “{heading}”", heading=listed),
        "double_column": lambda: v.t("this column is there twice"),
        "empty": lambda: v.t("is empty"),
        "too_long": lambda: v.t("is longer than {most} characters", most=listed),
        "bad_department": lambda: v.t("no department's path; for example {example}", example=listed),
        "unknown_role": lambda: v.t(
            "no such role; one of: {roles}", roles=Html("、".join(role_name(v, role) for role in fault.expected))
        ),
        "long_number": lambda: v.t("typed as a number, so that digits were lost; format the column as text"),
        "duplicate": lambda: v.t("this staff number is there twice, first in line {line}", line=listed),
        "unknown_level": lambda: v.t("no such level; one of: {levels}", levels=listed),
        "unknown_superior": lambda: v.t("nobody has this staff number or name"),
        "ambiguous_superior": lambda: v.t(
            "several people have this name; use the staff number: {numbers}", numbers=listed
        ),
        "superior_cycle": lambda: v.t("superiors form a circle"),
        "fraction": lambda: v.t("has a decimal point; format the column as text and type it again"),
        "leaves": lambda: v.t("nobody leaves by a file; send /handover NAME"),
        "unknown_department": lambda: (
            v.t("there is no such department; is it {name}?", name=listed)
            if listed
            else v.t("there is no such department")
        ),
        "unknown_parent": lambda: v.t("there is no such department, neither here nor in the file"),
        "department_cycle": lambda: v.t("departments form a circle"),
        "taken": lambda: v.t("this department is there twice, first in line {line}", line=listed),
        "number_taken": lambda: v.t("{label} has this staff number", label=listed),
        "last_admin": lambda: v.t("the company needs one administrator at least"),
    }
    return reasons[fault.reason]()

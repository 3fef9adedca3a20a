"""The forms about leads: registering one, reporting progress, giving one back. Private chats only."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from aiogram import F
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Group, Select
from aiogram_dialog.widgets.text import Format

from bot.commands import N_
from bot.dialogs.base import FromView, InsideWindow, Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.handling import Ask
from bot.views import leads as views
from core import leads
from core.access import MANAGERS, Actor, Role
from core.errors import NotUnderstood
from core.ids import LeadId, PersonId
from core.leads import Draft, Result

DAYS_AHEAD = 7
MOST_REGION = 40


class LeadForm(StatesGroup):
    source = State()
    contact = State()
    region = State()
    expected = State()
    summary = State()
    pick = State()


class ReportForm(StatesGroup):
    result = State()
    day = State()
    text = State()


class GiveBackForm(StatesGroup):
    reason = State()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the form holds: the draft, a number that is none, whether the region was asked, a duplicate found."""

    draft: Draft
    bad_phone: str = ""
    region_asked: bool = False
    duplicate: dict[str, Any] | None = None

    def data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, manager: DialogManager) -> Entry:
        data = dict(manager.dialog_data)
        return cls(Draft(**data.pop("draft")), **data)

    def save(self, manager: DialogManager) -> None:
        manager.dialog_data.update(self.data())


async def first_step(actor: Actor, ask: Ask, draft: Draft, bad_phone: str) -> tuple[State, dict[str, Any]]:
    """Where a form begins that one line may have filled already, and what it holds."""
    entry = Entry(draft, bad_phone, region_asked=not draft.missing)
    state, entry = await _next(actor, ask, entry)
    return state, entry.data()


async def _next(actor: Actor, ask: Ask, entry: Entry) -> tuple[State, Entry]:
    """The next window that still has something to ask."""
    draft = entry.draft
    if not draft.source:
        return LeadForm.source, entry
    if not (draft.name and draft.phone and draft.need):
        return LeadForm.contact, entry
    if not (draft.region or entry.region_asked):
        regions = await ask(leads.regions, actor)
        if regions:
            return LeadForm.region, entry
    if draft.expected is None:
        return LeadForm.expected, entry
    found = await ask(leads.duplicate_of, actor, draft.name, draft.phone)
    return LeadForm.summary, replace(entry, duplicate=views.duplicate_facts(found))


async def _go_on(manager: DialogManager, entry: Entry) -> None:
    state, entry = await _next(actor_of(manager), ask_of(manager), entry)
    entry.save(manager)
    await manager.switch_to(state)


async def _begin(data: Any, manager: DialogManager) -> None:
    manager.dialog_data.update(data)


# Registering --------------------------------------------------------------------------------------------


async def _sources(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    return {"sources": [(v.title(choice.title), choice.key) for choice in v.rulebook.leads.sources]}


async def _source_chosen(_: CallbackQuery, __: Any, manager: DialogManager, key: str) -> None:
    entry = Entry.of(manager)
    await _go_on(manager, replace(entry, draft=replace(entry.draft, source=key)))


async def _contact_text(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    entry = Entry.of(dialog_manager)
    return {"text": views.ask_contact(viewer_of(dialog_manager), entry.draft, entry.bad_phone)}


async def _contact_given(message: Message, _: Any, manager: DialogManager) -> None:
    entry = Entry.of(manager)
    draft, bad_phone = leads.fill_in(entry.draft, message.text or message.caption or "")
    await _go_on(manager, replace(entry, draft=draft, bad_phone=bad_phone))


async def _regions(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    found = await ask_of(dialog_manager)(leads.regions, actor_of(dialog_manager))
    return {"regions": list(enumerate(found))}


async def _region_chosen(_: CallbackQuery, __: Any, manager: DialogManager, index: str) -> None:
    found = await ask_of(manager)(leads.regions, actor_of(manager))
    number = int(index)
    await _with_region(manager, found[number] if number < len(found) else "")


async def _region_typed(message: Message, _: Any, manager: DialogManager) -> None:
    await _with_region(manager, " ".join((message.text or "").split())[:MOST_REGION])


async def _region_skipped(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    await _with_region(manager, "")


async def _with_region(manager: DialogManager, region: str) -> None:
    entry = Entry.of(manager)
    await _go_on(manager, replace(entry, draft=replace(entry.draft, region=region), region_asked=True))


async def _classes(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    return {"classes": [(views.class_label(v, c.name, c.min_yuan), c.min_yuan) for c in v.rulebook.leads.classes]}


async def _class_chosen(_: CallbackQuery, __: Any, manager: DialogManager, yuan: str) -> None:
    await _with_expected(manager, int(yuan))


async def _amount_typed(message: Message, _: Any, manager: DialogManager) -> None:
    await _with_expected(manager, leads.read_yuan(message.text or ""))


async def _with_expected(manager: DialogManager, yuan: int) -> None:
    entry = Entry.of(manager)
    await _go_on(manager, replace(entry, draft=replace(entry.draft, expected=yuan)))


async def _summary(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    entry, actor = Entry.of(dialog_manager), actor_of(dialog_manager)
    return {
        "text": views.summary(viewer_of(dialog_manager), entry.draft, entry.duplicate),
        "assigns": actor.has(Role.SERVICE, *MANAGERS),
        "keeps": actor.has(Role.SALESPERSON),
    }


async def _urgent(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    entry = Entry.of(manager)
    replace(entry, draft=replace(entry.draft, urgent=not entry.draft.urgent)).save(manager)


async def _publish(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    await _register(manager, None)


async def _keep(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    await _register(manager, actor_of(manager).staff_id)


async def _to_pick(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    await manager.switch_to(LeadForm.pick)


async def _to_summary(_: CallbackQuery, __: Any, manager: DialogManager) -> None:
    await manager.switch_to(LeadForm.summary)


async def _candidates(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v, entry = viewer_of(dialog_manager), Entry.of(dialog_manager)
    actor = actor_of(dialog_manager)
    found = await ask_of(dialog_manager)(leads.candidates_for, actor, entry.draft.expected or 0)
    return {"people": [(views.candidate_label(v, one), one.person.id) for one in found[: views.MOST_LISTED]]}


async def _picked(_: CallbackQuery, __: Any, manager: DialogManager, person: str) -> None:
    await _register(manager, PersonId(int(person)))


async def _register(manager: DialogManager, assign_to: PersonId | None) -> None:
    entry = Entry.of(manager)
    given = await do_of(manager)(
        leads.register,
        actor_of(manager),
        entry.draft,
        assign_to,
        sure=entry.duplicate is not None,
    )
    await finish(manager, views.registered(viewer_of(manager), given))


# Reporting ----------------------------------------------------------------------------------------------


async def _results(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    return {
        "lead": dialog_manager.dialog_data["lead"],
        "results": [(views.result_name(v, r), r.value) for r in Result],
    }


async def _result_chosen(_: CallbackQuery, __: Any, manager: DialogManager, result: str) -> None:
    manager.dialog_data["result"] = Result(result).value
    await manager.switch_to(ReportForm.day if result == Result.APPOINTMENT else ReportForm.text)


async def _days(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    today = v.rulebook.working_time.local_date(v.now)
    days = [today + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    return {"days": [(v.day(day), day.isoformat()) for day in days]}


async def _day_chosen(_: CallbackQuery, __: Any, manager: DialogManager, day: str) -> None:
    manager.dialog_data["day"] = date.fromisoformat(day).isoformat()
    await manager.switch_to(ReportForm.text)


async def _day_typed(message: Message, _: Any, manager: DialogManager) -> None:
    v = viewer_of(manager)
    today = v.rulebook.working_time.local_date(v.now)
    manager.dialog_data["day"] = leads.read_day(message.text or "", today).isoformat()
    await manager.switch_to(ReportForm.text)


async def _progress_given(message: Message, _: Any, manager: DialogManager) -> None:
    text = message.text or message.caption or ""
    if not text.strip():
        raise NotUnderstood("report", "—")
    data = manager.dialog_data
    day = date.fromisoformat(data["day"]) if data.get("day") else None
    lead = await do_of(manager)(
        leads.report, actor_of(manager), LeadId(data["lead"]), text, Result(data["result"]), day
    )
    await finish(manager, views.reported(viewer_of(manager), lead))


async def _reason_given(message: Message, _: Any, manager: DialogManager) -> None:
    lead_id = LeadId(manager.dialog_data["lead"])
    lead = await do_of(manager)(leads.give_back, actor_of(manager), lead_id, message.text or "")
    await finish(manager, views.returned(viewer_of(manager), lead))


async def _lead_number(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    return {"lead": dialog_manager.dialog_data["lead"]}


# The forms ----------------------------------------------------------------------------------------------


def _cancel() -> Cancel:
    return Cancel(Plain(N_("Cancel")))


def _choice(name: str, items: str, on_click: Any) -> Select[Any]:
    """Items are (label, value) pairs."""
    return Select(Format("{item[0]}"), id=name, item_id_getter=lambda item: item[1], items=items, on_click=on_click)


def _numbered(name: str, items: str, on_click: Any) -> Select[Any]:
    """Items are (number, label) pairs; a label may be longer than a button's data."""
    return Select(Format("{item[1]}"), id=name, item_id_getter=lambda item: item[0], items=items, on_click=on_click)


def _register_form() -> Dialog:
    return Dialog(
        InsideWindow(
            Words("New lead. Where does it come from?"),
            Group(_choice("src", "sources", _source_chosen), width=3),
            _cancel(),
            state=LeadForm.source,
            getter=_sources,
        ),
        InsideWindow(
            FromView(),
            MessageInput(_contact_given, filter=F.text | F.caption),
            _cancel(),
            state=LeadForm.contact,
            getter=_contact_text,
        ),
        InsideWindow(
            Words("Which region? Choose, type, or skip."),
            Group(_numbered("reg", "regions", _region_chosen), width=3),
            MessageInput(_region_typed, filter=F.text),
            Button(Plain(N_("Skip")), id="noreg", on_click=_region_skipped),
            _cancel(),
            state=LeadForm.region,
            getter=_regions,
        ),
        InsideWindow(
            Words("Expected deal in yuan? Choose, or type: 800,000"),
            Group(_choice("cls", "classes", _class_chosen), width=2),
            MessageInput(_amount_typed, filter=F.text),
            _cancel(),
            state=LeadForm.expected,
            getter=_classes,
        ),
        InsideWindow(
            FromView(),
            Group(
                Button(Plain(N_("Publish")), id="pub", on_click=_publish),
                Button(Plain(N_("Assign…")), id="asg", on_click=_to_pick, when="assigns"),
                Button(Plain(N_("I keep it")), id="own", on_click=_keep, when="keeps"),
                Button(Plain(N_("⚡ urgent")), id="urg", on_click=_urgent),
                width=3,
            ),
            _cancel(),
            state=LeadForm.summary,
            getter=_summary,
        ),
        InsideWindow(
            Words("Who gets it?"),
            Column(_choice("who", "people", _picked)),
            Button(Plain(N_("Back")), id="bck", on_click=_to_summary),
            state=LeadForm.pick,
            getter=_candidates,
        ),
        on_start=_begin,
    )


def _report_form() -> Dialog:
    return Dialog(
        InsideWindow(
            Words("Lead #{lead}: how did the customer answer?"),
            Group(_choice("res", "results", _result_chosen), width=2),
            _cancel(),
            state=ReportForm.result,
            getter=_results,
        ),
        InsideWindow(
            Words("Which day? Choose or type: 9-30"),
            Group(_choice("day", "days", _day_chosen), width=2),
            MessageInput(_day_typed, filter=F.text),
            _cancel(),
            state=ReportForm.day,
            getter=_days,
        ),
        InsideWindow(
            Words("Now a few words about it; your manager reads them."),
            MessageInput(_progress_given, filter=F.text | F.caption),
            _cancel(),
            state=ReportForm.text,
        ),
        on_start=_begin,
    )


def _give_back_form() -> Dialog:
    return Dialog(
        InsideWindow(
            Words("Lead #{lead}: why do you give it back?"),
            MessageInput(_reason_given, filter=F.text),
            _cancel(),
            state=GiveBackForm.reason,
            getter=_lead_number,
        ),
        on_start=_begin,
    )


def dialogs() -> list[Dialog]:
    return [_register_form(), _report_form(), _give_back_form()]

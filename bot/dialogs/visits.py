"""Forms about visits: logging one with few taps and one text, planning one, commenting a plan (VIS-2, VIS-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Cancel, Column, Group, Select
from aiogram_dialog.widgets.text import Format

from bot.contents import source_of_place
from bot.dialogs.base import FromView, InsideWindow, Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.views import visits as views
from bot.views.base import Viewer, lines
from bot.views.customers import hit_label
from core import customers, visits
from core.customers import Hit
from core.geo import Point, Source
from core.ids import CustomerId, PlanId
from core.visits import PhotosFull, Plan, Report, Spot


class Visiting(StatesGroup):
    customer = State()
    kind = State()
    said = State()
    next_step = State()


class Planning(StatesGroup):
    customer = State()
    day = State()
    purpose = State()


class Commenting(StatesGroup):
    text = State()


def today_of(v: Viewer) -> date:
    return v.now.astimezone(v.zone).date()


# What was entered so far -----------------------------------------------------------------------------------


class VisitForm:
    """A visit as far as it is told."""

    def __init__(self, manager: DialogManager) -> None:
        self._data = manager.dialog_data

    def keep(self, **values: str | int) -> None:
        self._data.update(values)

    def choose(self, customer: CustomerId, name: str) -> None:
        self.keep(customer=customer, name=name)

    @property
    def customer(self) -> CustomerId:
        return CustomerId(self._data.get("customer", 0))

    @property
    def name(self) -> str:
        return str(self._data.get("name", ""))

    @property
    def kind(self) -> str:
        return str(self._data.get("kind", ""))

    @property
    def said(self) -> str:
        return str(self._data.get("said", ""))

    @property
    def query(self) -> str:
        return str(self._data.get("query", ""))

    @property
    def day(self) -> date:
        return date.fromisoformat(self._data["day"])

    @property
    def photos(self) -> list[str]:
        return cast("list[str]", self._data.setdefault("photos", []))

    @property
    def spot(self) -> Spot | None:
        kept = self._data.get("spot")
        return Spot(Point(kept["lat"], kept["lon"]), Source(kept["proof"])) if kept else None

    @spot.setter
    def spot(self, spot: Spot) -> None:
        point = spot.point
        self._data["spot"] = {"lat": point.latitude, "lon": point.longitude, "proof": spot.proof.value}

    def report(self, next_on: date | None) -> Report:
        return Report(self.customer, self.kind, self.said, tuple(self.photos), self.spot, next_on)


# Picking the customer --------------------------------------------------------------------------------------


async def _hits(manager: DialogManager) -> Sequence[Hit]:
    """What can be picked: the nearest to a place that was sent, what fits a text, else the last ones."""
    form, actor, ask = VisitForm(manager), actor_of(manager), ask_of(manager)
    if form.query:
        return (await ask(customers.search, actor, form.query)).own
    if form.spot is not None and (near := await ask(customers.nearest_own, actor, form.spot.point)):
        return near
    return await ask(customers.recent, actor)


async def _customers(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v, actor, form = viewer_of(dialog_manager), actor_of(dialog_manager), VisitForm(dialog_manager)
    hits = await _hits(dialog_manager)
    texts = {
        "": v.t("Which customer? Pick, type part of the name, or send your place 📎 for the nearest."),
        "none": v.t("None of your customers fits “{text}”.", text=form.query),
    }
    return {
        "text": texts["none" if form.query and not hits else ""],
        "hits": [(hit_label(v, hit, actor.name), str(hit.customer)) for hit in hits],
    }


async def _begin(manager: DialogManager, first: State, then: State, customer: CustomerId | None, text: str) -> bool:
    """Start a form, past the picking where the customer is known; False where there is nobody to visit."""
    actor, ask = actor_of(manager), ask_of(manager)
    if customer is None and text:
        hits = (await ask(customers.search, actor, text)).own
        customer = hits[0].customer if len(hits) == 1 else None
    if customer is not None:
        record = await ask(customers.view, actor, customer)
        data = {"customer": record.id, "name": record.name}
        await manager.start(then, data=data, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
        return True
    if not await ask(customers.recent, actor):
        return False
    await manager.start(first, data={"query": text}, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)
    return True


async def begin_visit(manager: DialogManager, text: str = "", customer: CustomerId | None = None) -> bool:
    return await _begin(manager, Visiting.customer, Visiting.kind, customer, text)


async def begin_plan(manager: DialogManager) -> bool:
    return await _begin(manager, Planning.customer, Planning.day, None, "")


async def _started(data: Any, manager: DialogManager) -> None:
    if isinstance(data, dict):
        manager.dialog_data.update(data)


async def _choose(manager: DialogManager, customer: CustomerId) -> None:
    record = await ask_of(manager)(customers.view, actor_of(manager), customer)
    VisitForm(manager).choose(record.id, record.name)
    await manager.next()


async def _picked(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    await _choose(manager, CustomerId(int(item)))


async def _sought(message: Message, _: MessageInput, manager: DialogManager) -> None:
    form = VisitForm(manager)
    if _kept(message, manager):
        form.keep(query="")
    elif message.text:
        form.keep(query=message.text)
        hits = await _hits(manager)
        if len(hits) == 1 and hits[0].customer is not None:
            await _choose(manager, hits[0].customer)


# Logging a visit -------------------------------------------------------------------------------------------


def _kept(message: Message, manager: DialogManager) -> bool:
    """Keep a place or a photo, whenever in the form it comes. Raises PhotosFull."""
    form, most = VisitForm(manager), viewer_of(manager).rulebook.visits.max_photos
    if message.location is not None:
        form.spot = Spot(Point(message.location.latitude, message.location.longitude), source_of_place(message))
        return True
    if message.photo:
        if len(form.photos) >= most:
            raise PhotosFull(most)
        form.photos.append(message.photo[-1].file_id)
        if message.caption and not form.said:
            form.keep(said=message.caption)
        return True
    return False


async def _kind_chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    form = VisitForm(manager)
    form.keep(kind=item)
    await manager.switch_to(Visiting.next_step if form.said else Visiting.said)


async def _kind_window_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    if not _kept(message, manager) and message.text:
        VisitForm(manager).keep(said=message.text)


async def _said(message: Message, _: MessageInput, manager: DialogManager) -> None:
    form = VisitForm(manager)
    if not _kept(message, manager) and message.text:
        report = Report(form.customer, form.kind, message.text)
        await ask_of(manager)(visits.check, actor_of(manager), report)
        form.keep(said=message.text)
    if form.said:
        await manager.switch_to(Visiting.next_step)


async def _next_chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    days = int(item)
    await _save(manager, today_of(viewer_of(manager)) + timedelta(days=days) if days else None)


async def _next_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    if not _kept(message, manager) and message.text:
        await _save(manager, visits.read_next(message.text, today_of(viewer_of(manager))))


async def _save(manager: DialogManager, next_on: date | None) -> None:
    visit = await do_of(manager)(visits.log, actor_of(manager), VisitForm(manager).report(next_on))
    await finish(manager, views.logged(viewer_of(manager), visit))


async def _progress(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    form, v = VisitForm(dialog_manager), viewer_of(dialog_manager)
    questions = {
        Visiting.kind.state: v.t("How did you meet?"),
        Visiting.said.state: v.t("What was said? Needs, opinions, suggestions. Photos and place 📎 at any time."),
        Visiting.next_step.state: v.t("Next step? Pick or type a day. Photos and your place 📎 still count."),
        Planning.day.state: v.t("On which day? Pick or type one."),
        Planning.purpose.state: v.t("What for?"),
    }
    state = dialog_manager.current_context().state.state
    head = views.received(v, form.name, form.kind, len(form.photos), form.spot is not None)
    return {
        "text": lines(head, questions[state]),
        "kinds": [(v.title(one.title), one.key) for one in v.rulebook.visits.kinds],
        "days": [(views.soon(v, days), str(days)) for days in (*views.SOON, 0)],
        "plan_days": [(views.soon(v, days), str(days)) for days in views.SOON],
    }


def _visiting() -> Dialog:
    return Dialog(
        _picking(Visiting.customer, "vs"),
        InsideWindow(
            FromView(),
            Group(Select(Format("{item[0]}"), "vs_kind", _key, "kinds", on_click=_kind_chosen), width=3),
            Cancel(Plain("Cancel"), "vs_stop2"),
            MessageInput(_kind_window_heard),
            state=Visiting.kind,
            getter=_progress,
        ),
        InsideWindow(
            FromView(),
            Cancel(Plain("Cancel"), "vs_stop3"),
            MessageInput(_said),
            state=Visiting.said,
            getter=_progress,
        ),
        InsideWindow(
            FromView(),
            Group(Select(Format("{item[0]}"), "vs_next", _key, "days", on_click=_next_chosen), width=2),
            Cancel(Plain("Cancel"), "vs_stop4"),
            MessageInput(_next_heard),
            state=Visiting.next_step,
            getter=_progress,
        ),
        on_start=_started,
    )


def _key(item: tuple[str, str]) -> str:
    return item[1]


def _picking(state: State, prefix: str) -> Window:
    return InsideWindow(
        FromView(),
        Column(Select(Format("{item[0]}"), f"{prefix}_pick", _key, "hits", on_click=_picked)),
        Cancel(Plain("Cancel"), f"{prefix}_stop1"),
        MessageInput(_sought),
        state=state,
        getter=_customers,
    )


# Planning a visit ------------------------------------------------------------------------------------------


async def _day_chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    await _keep_day(manager, today_of(viewer_of(manager)) + timedelta(days=int(item)))


async def _day_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    if message.text:
        await _keep_day(manager, visits.read_next(message.text, today_of(viewer_of(manager))))


async def _keep_day(manager: DialogManager, day: date) -> None:
    VisitForm(manager).keep(day=day.isoformat())
    await manager.next()


async def _purpose_heard(message: Message, _: MessageInput, manager: DialogManager) -> None:
    if message.text:
        await _plan(manager, message.text)


async def _purpose_chosen(_: CallbackQuery, __: Any, manager: DialogManager, item: str) -> None:
    v = viewer_of(manager)
    titles = {one.key: v.title(one.title) for one in v.rulebook.visits.purposes}
    await _plan(manager, titles[item])


async def _plan(manager: DialogManager, purpose: str) -> None:
    form = VisitForm(manager)
    made = await do_of(manager)(visits.plan, actor_of(manager), form.customer, form.day, purpose)
    await finish(manager, views.planned(viewer_of(manager), made))


async def _purposes(dialog_manager: DialogManager, **_: Any) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    return {"purposes": [(v.title(one.title), one.key) for one in v.rulebook.visits.purposes]}


def _planning() -> Dialog:
    return Dialog(
        _picking(Planning.customer, "vp"),
        InsideWindow(
            FromView(),
            Group(Select(Format("{item[0]}"), "vp_day", _key, "plan_days", on_click=_day_chosen), width=3),
            Cancel(Plain("Cancel"), "vp_stop2"),
            MessageInput(_day_heard),
            state=Planning.day,
            getter=_progress,
        ),
        InsideWindow(
            FromView(),
            Group(Select(Format("{item[0]}"), "vp_for", _key, "purposes", on_click=_purpose_chosen), width=2),
            Cancel(Plain("Cancel"), "vp_stop3"),
            MessageInput(_purpose_heard),
            state=Planning.purpose,
            getter=(_progress, _purposes),
        ),
        on_start=_started,
    )


# Commenting a plan -----------------------------------------------------------------------------------------


async def begin_comment(manager: DialogManager, plan: Plan) -> None:
    await manager.start(Commenting.text, data={"plan": plan.id}, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


async def _commented(message: Message, _: MessageInput, manager: DialogManager) -> None:
    data = manager.start_data
    if message.text and isinstance(data, dict):
        plan = await do_of(manager)(visits.remark, actor_of(manager), PlanId(data["plan"]), message.text)
        v = viewer_of(manager)
        await finish(manager, views.comment_sent(v, plan))


def _commenting() -> Dialog:
    return Dialog(
        InsideWindow(
            Words("Your comment on this plan?"),
            Cancel(Plain("Cancel"), "vpc_stop"),
            MessageInput(_commented),
            state=Commenting.text,
        )
    )


def dialogs() -> list[Dialog]:
    return [_visiting(), _planning(), _commenting()]

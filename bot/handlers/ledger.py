"""The ledger in private: looking into it, entering by hand, taking back, appeals and statements (LGR)."""

from __future__ import annotations

import asyncio

from aiogram import Bot, Router
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager

from bot import sheets
from bot.callbacks import OnPress, number
from bot.commands import N_, Place, Said, command
from bot.dialogs import appeals as appeal_forms
from bot.dialogs import ledger as forms
from bot.handling import Ask, Do
from bot.screens import Say
from bot.views.base import Screen, Viewer
from bot.views.ledger import appeals as appeal_views
from bot.views.ledger import entries as views
from bot.views.ledger import statements as statement_views
from core import ledger
from core.access import MANAGERS, STAFF, Actor, Role
from core.errors import NotFound
from core.ids import AppealId, DepartmentId, EntryId, PersonId

LEDGER = command(
    "ledger", ("奖惩", "台账"), N_("My entries; /ledger 2026-10; managers: /ledger NAME"), Place.PRIVATE, STAFF
)
SANCTION = command("sanction", ("处罚",), N_("Record a sanction by hand"), Place.PRIVATE, MANAGERS)
REWARD = command("reward", ("奖励",), N_("Record a reward by hand"), Place.PRIVATE, MANAGERS)
REVERSE = command("reverse", ("撤销",), N_("Take an entry back: /reverse 12 why"), Place.PRIVATE, MANAGERS)
APPEAL = command("appeal", ("申诉",), N_("Appeal an entry of mine"), Place.PRIVATE, STAFF)
JUDGE = command(
    "appeals", ("申诉待办",), N_("Appeals that wait for my verdict"), Place.PRIVATE, (Role.ADMIN, *MANAGERS)
)


def router() -> Router:
    made = Router(name="ledger")
    made.message.register(entries, Said(LEDGER))
    made.message.register(sanction, Said(SANCTION))
    made.message.register(reward, Said(REWARD))
    made.message.register(reverse, Said(REVERSE))
    made.message.register(appeal, Said(APPEAL))
    made.message.register(to_decide, Said(JUDGE))
    for data, handler in (
        ("led.back", take_back),
        ("led.appeal", appeal_one),
        ("led.drop", withdraw),
        ("led.judge", judge),
        ("led.items", items),
        ("led.files", files),
        ("led.xlsx", spreadsheet),
        ("led.csv", comma_separated),
        ("led.month", month),
        ("led.clean", clean_year),
    ):
        made.callback_query.register(handler, OnPress(data, private=True))
    return made


def dialogs() -> list[Dialog]:
    return [*forms.dialogs(), *appeal_forms.dialogs()]


# Looking -------------------------------------------------------------------------------------------------


async def entries(message: Message, args: str, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    name, of_month = statement_views.read_question(args, v.now.astimezone(v.zone).date())
    if not name and of_month is None:
        await say(statement_views.listing(v, *await ask(ledger.mine, actor)))
    elif not name:
        await say(statement_views.shown(v, await ask(ledger.statement, actor, of_month)))
    elif of_month is None and (found := await ask(ledger.of_one, actor, name)) is not None:
        await say(statement_views.listing(v, *found))
    else:
        await say(_shown(v, await ask(ledger.look_up, actor, name, of_month)))


def _shown(v: Viewer, found: ledger.Statement | ledger.Sheet) -> Screen:
    if isinstance(found, ledger.Sheet):
        return statement_views.sheet(v, found)
    return statement_views.shown(v, found)


async def month(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await _asked(actor, ask, parts)
    await say.toast("")
    await say.new(_shown(v, found))


async def _asked(actor: Actor, ask: Ask, parts: list[str]) -> ledger.Statement | ledger.Sheet:
    """What a statement's button is about: a person, a department, or all that the reader may see."""
    who, of_month = parts[:1], statement_views.month_of(parts[1] if len(parts) > 1 else "")
    if who == [statement_views.TEAM]:
        return await ask(ledger.sheet, actor, of_month)
    if who and who[0].startswith(statement_views.DEPARTMENT):
        department = DepartmentId(number([who[0].removeprefix(statement_views.DEPARTMENT)]))
        return await ask(ledger.sheet, actor, of_month, department)
    return await ask(ledger.statement, actor, of_month, PersonId(number(who)))


# Tables --------------------------------------------------------------------------------------------------


async def spreadsheet(
    query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say, bot: Bot
) -> None:
    await _send_table(query, await _asked(actor, ask, parts), v, say, bot, "xlsx")


async def comma_separated(
    query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say, bot: Bot
) -> None:
    await _send_table(query, await _asked(actor, ask, parts), v, say, bot, "csv")


async def _send_table(
    query: CallbackQuery, found: ledger.Statement | ledger.Sheet, v: Viewer, say: Say, bot: Bot, ending: str
) -> None:
    """The file is made on a thread of its own, outside the unit of work; it can't be passed on (ORG-6)."""
    statements, name = statement_views.of_table(found)
    if not any(one.lines for one in statements):
        raise NotFound("month", f"{found.month:%Y-%m}")
    await say.toast("")
    columns, rows = statement_views.columns(v), statement_views.table(v, statements)
    if ending == "xlsx":
        made = await asyncio.to_thread(sheets.workbook, columns, rows, f"{found.month:%Y-%m}")
    else:
        made = await asyncio.to_thread(sheets.comma_separated, columns, rows)
    file = BufferedInputFile(made, statement_views.file_name(v, name, found.month, ending))
    await bot.send_document(query.from_user.id, file, protect_content=True)


# By hand -------------------------------------------------------------------------------------------------


async def sanction(message: Message, args: str, dialog_manager: DialogManager) -> None:
    await forms.begin_entry(dialog_manager, message, args, good=False)


async def reward(message: Message, args: str, dialog_manager: DialogManager) -> None:
    await forms.begin_entry(dialog_manager, message, args, good=True)


async def reverse(
    message: Message, args: str, actor: Actor, v: Viewer, do: Do, ask: Ask, say: Say, dialog_manager: DialogManager
) -> None:
    case, reason = views.read_case(args)
    if not reason:
        await forms.begin_reversal(dialog_manager, case)
        return
    back = await do(ledger.reverse_case, actor, case, reason)
    label, _ = await ask(ledger.shown_case, actor, case)
    await say(views.taken_back(v, label, back))


async def take_back(query: CallbackQuery, parts: list[str], say: Say, dialog_manager: DialogManager) -> None:
    await forms.begin_reversal(dialog_manager, EntryId(number(parts)))
    await say.toast("")


async def files(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(ledger.files_of, actor, EntryId(number(parts)))
    await say.toast("")
    for kind, file in found:
        await say.new(views.evidence_file(v, kind, file))


async def clean_year(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    entered = await do(ledger.reward_clean_year, actor, number(parts))
    await say.toast(statement_views.rewarded(v, len(entered)), alert=True)


# Appeals -------------------------------------------------------------------------------------------------


async def appeal(
    message: Message, args: str, actor: Actor, v: Viewer, ask: Ask, do: Do, say: Say, dialog_manager: DialogManager
) -> None:
    if args:
        case, _ = views.read_case(args)
        await appeal_forms.begin_appeal(dialog_manager, await do(ledger.appeal, actor, case))
        return
    going = await ask(ledger.my_appeals, actor)
    await say(appeal_views.choices(v, going, await ask(ledger.appealable, actor)))


async def appeal_one(
    query: CallbackQuery, parts: list[str], actor: Actor, do: Do, say: Say, dialog_manager: DialogManager
) -> None:
    found = await do(ledger.appeal, actor, EntryId(number(parts)))
    await say.toast("")
    await appeal_forms.begin_appeal(dialog_manager, found)


async def withdraw(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, do: Do, say: Say) -> None:
    done = await do(ledger.withdraw, actor, AppealId(number(parts)))
    await say.toast("")
    await say(appeal_views.withdrawn(v, done))


async def to_decide(message: Message, actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    await say(appeal_views.waiting(v, await ask(ledger.to_decide, actor)))


async def judge(query: CallbackQuery, parts: list[str], say: Say, dialog_manager: DialogManager) -> None:
    await appeal_forms.begin_verdict(dialog_manager, AppealId(number(parts)))
    await say.toast("")


async def items(query: CallbackQuery, parts: list[str], actor: Actor, v: Viewer, ask: Ask, say: Say) -> None:
    found = await ask(ledger.material, actor, AppealId(number(parts)))
    await say.toast("")
    for item in found:
        await say.new(appeal_views.material(v, item))

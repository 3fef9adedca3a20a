"""Forms about the ledger: entering a sanction or reward by hand, taking a case back (LGR-1). All in private."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from aiogram.enums import ContentType
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager, ShowMode, StartMode, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Cancel, Column, Row, Select
from aiogram_dialog.widgets.text import Format

from bot.contents import content_of
from bot.dialogs.base import FromView, Plain, Words, actor_of, ask_of, do_of, finish, viewer_of
from bot.views.ledger import entries as views
from core import ledger
from core.ids import EntryId, PersonId
from core.ledger import Choosable, Draft, Effect, NotAllowed, WordsNeeded

MOST_FOUND = 8
MOST_WORDS = 5


class Entering(StatesGroup):
    person = State()
    clause = State()
    effect = State()
    amount = State()
    cause = State()
    evidence = State()
    confirm = State()


class Reversing(StatesGroup):
    reason = State()


@dataclass(slots=True)
class Making:
    """An entry as far as it is made."""

    good: bool
    key: str
    person: int = 0
    label: str = ""
    query: str = ""
    clause: str = ""
    effect: str = ""
    amount: int = 0
    cause: str = ""
    serious: bool = False
    words: list[str] = field(default_factory=list)
    files: list[list[str]] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)

    @staticmethod
    def of(manager: DialogManager) -> Making:
        return Making(**(manager.dialog_data.get("made") or manager.start_data))  # type: ignore[arg-type]

    def keep(self, manager: DialogManager) -> None:
        manager.dialog_data["made"] = asdict(self)

    @property
    def draft(self) -> Draft:
        return Draft(
            PersonId(self.person),
            self.clause,
            Effect(self.effect),
            self.amount,
            self.cause,
            tuple(self.words),
            tuple((kind, file) for kind, file in self.files),
            tuple(self.refs),
            self.serious,
            key=self.key,
        )


async def begin_entry(manager: DialogManager, message: Message, name: str, *, good: bool) -> None:
    """Start the form; past the person where one was named. Raises what `ledger.whom` raises."""
    made = Making(good, f"{message.chat.id}|{message.message_id}")
    if name:
        person = await ask_of(manager)(ledger.whom, actor_of(manager), name)
        made.person, made.label = person.id, person.label
    state = Entering.clause if name else Entering.person
    await manager.start(state, data=asdict(made), mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


# The person and the clause -------------------------------------------------------------------------------


async def _asking_person(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    return {"text": views.ask_person(viewer_of(dialog_manager), good=Making.of(dialog_manager).good)}


async def _named(message: Message, _: MessageInput, manager: DialogManager) -> None:
    made = Making.of(manager)
    person = await ask_of(manager)(ledger.whom, actor_of(manager), message.text or "")
    made.person, made.label = person.id, person.label
    made.keep(manager)
    await manager.switch_to(Entering.clause)


async def _clauses(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    v, made = viewer_of(dialog_manager), Making.of(dialog_manager)
    found = ledger.clauses_for(v.rulebook, made.query, good=made.good)[:MOST_FOUND]
    return {
        "text": views.ask_clause(v, made.label, made.query, len(found)),
        "clauses": [(f"{clause.article} {v.title(clause.title)}", clause.id) for clause in found],
    }


async def _searched(message: Message, _: MessageInput, manager: DialogManager) -> None:
    made = Making.of(manager)
    made.query = message.text or ""
    made.keep(manager)


async def _clause_chosen(_: CallbackQuery, __: Any, manager: DialogManager, clause: str) -> None:
    made = Making.of(manager)
    made.clause = clause
    made.keep(manager)
    await manager.switch_to(Entering.effect)


# What it is, and how much --------------------------------------------------------------------------------


def _choices(manager: DialogManager) -> dict[str, Choosable]:
    made = Making.of(manager)
    found = ledger.choosable(viewer_of(manager).rulebook, made.clause)
    return {one.effect.value: one for one in found if (one.is_good if made.good else one.is_bad)}


async def _effects(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    v, made = viewer_of(dialog_manager), Making.of(dialog_manager)
    return {
        "text": views.ask_effect(v, made.label, made.clause),
        "effects": [(views.choice_label(v, one), key) for key, one in _choices(dialog_manager).items()],
    }


async def _effect_chosen(_: CallbackQuery, __: Any, manager: DialogManager, effect: str) -> None:
    made, chosen = Making.of(manager), _choices(manager).get(effect)
    if chosen is None:
        raise NotAllowed("effect", made.clause)
    made.effect, made.amount = effect, chosen.most
    made.keep(manager)
    await manager.switch_to(Entering.cause if chosen.least == chosen.most else Entering.amount)


async def _asking_amount(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    one = _choices(dialog_manager)[Making.of(dialog_manager).effect]
    ends = [str(one.least), str(one.most)]
    return {"text": views.ask_amount(viewer_of(dialog_manager), one), "ends": [(end, end) for end in ends]}


async def _amount_typed(message: Message, _: MessageInput, manager: DialogManager) -> None:
    await _take_amount(manager, views.read_amount(message.text or ""))


async def _amount_chosen(_: CallbackQuery, __: Any, manager: DialogManager, amount: str) -> None:
    await _take_amount(manager, int(amount))


async def _take_amount(manager: DialogManager, amount: int | None) -> None:
    made = Making.of(manager)
    one = _choices(manager)[made.effect]
    if amount is None or amount == 0 or not one.least <= amount <= one.most:
        raise NotAllowed("amount", made.clause, one.least, one.most)
    made.amount = amount
    made.keep(manager)
    await manager.switch_to(Entering.cause)


# Why, and what it rests on -------------------------------------------------------------------------------


async def _cause_told(message: Message, _: MessageInput, manager: DialogManager) -> None:
    made = Making.of(manager)
    if not (message.text or "").strip():
        raise WordsNeeded("cause")
    made.cause = (message.text or "").strip()
    made.keep(manager)
    await manager.switch_to(Entering.evidence)


async def _asking_evidence(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    v, made = viewer_of(dialog_manager), Making.of(dialog_manager)
    most = v.rulebook.ledger.max_photos
    return {"text": views.ask_evidence(v, len(made.words), len(made.files), made.refs, most)}


async def _evidence_sent(message: Message, _: MessageInput, manager: DialogManager) -> None:
    """Words, files, and subjects named in the words that the manager may see."""
    made, content = Making.of(manager), content_of(message)
    most = viewer_of(manager).rulebook.ledger.max_photos
    if content.file and len(made.files) >= most:
        raise NotAllowed("files", made.clause, 0, most)
    if content.text.strip() and len(made.words) >= MOST_WORDS:
        raise NotAllowed("words", made.clause, 0, MOST_WORDS)
    if content.file:
        made.files.append([content.media, content.file])
    if content.text.strip():
        named = views.read_refs(content.text)
        found = await ask_of(manager)(ledger.subjects, actor_of(manager), named) if named else []
        made.refs += [subject for subject in found if subject not in made.refs]
        made.words.append(content.text.strip())
    made.keep(manager)


async def _enough(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    await manager.switch_to(Entering.confirm)


# Confirming ----------------------------------------------------------------------------------------------


async def _summary(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    v, made = viewer_of(dialog_manager), Making.of(dialog_manager)
    effect = views.effect_words(v, made.effect, made.amount)
    evidence = views.given(v, len(made.words), len(made.files), made.refs)
    return {
        "text": views.confirm(v, made.label, made.clause, effect, made.cause, evidence, serious=made.serious),
        "asks_serious": ledger.counts_serious(v.rulebook, made.clause) and not made.serious,
    }


async def _is_serious(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    made = Making.of(manager)
    made.serious = True
    made.keep(manager)


async def _confirmed(_: CallbackQuery, __: Button, manager: DialogManager) -> None:
    made = Making.of(manager)
    entries = await do_of(manager)(ledger.enter, actor_of(manager), made.draft)
    await finish(manager, views.entered(viewer_of(manager), made.label, entries))


def _key(item: tuple[str, str]) -> str:
    return item[1]


def _entering() -> Dialog:
    return Dialog(
        Window(
            FromView(),
            MessageInput(_named, content_types=ContentType.TEXT),
            Cancel(Plain("Cancel"), id="en_stop1"),
            state=Entering.person,
            getter=_asking_person,
        ),
        Window(
            FromView(),
            Column(Select(Format("{item[0]}"), "en_clause", _key, "clauses", on_click=_clause_chosen)),
            MessageInput(_searched, content_types=ContentType.TEXT),
            Cancel(Plain("Cancel"), id="en_stop2"),
            state=Entering.clause,
            getter=_clauses,
        ),
        Window(
            FromView(),
            Column(Select(Format("{item[0]}"), "en_effect", _key, "effects", on_click=_effect_chosen)),
            Cancel(Plain("Cancel"), id="en_stop3"),
            state=Entering.effect,
            getter=_effects,
        ),
        Window(
            FromView(),
            Row(Select(Format("{item[0]}"), "en_amount", _key, "ends", on_click=_amount_chosen)),
            MessageInput(_amount_typed, content_types=ContentType.TEXT),
            Cancel(Plain("Cancel"), id="en_stop4"),
            state=Entering.amount,
            getter=_asking_amount,
        ),
        Window(
            Words("What happened? A sentence or two."),
            MessageInput(_cause_told),
            Cancel(Plain("Cancel"), id="en_stop5"),
            state=Entering.cause,
        ),
        Window(
            FromView(),
            MessageInput(_evidence_sent),
            Button(Plain("That is all"), id="en_enough", on_click=_enough),
            Cancel(Plain("Cancel"), id="en_stop6"),
            state=Entering.evidence,
            getter=_asking_evidence,
        ),
        Window(
            FromView(),
            Button(Plain("Record it"), id="en_yes", on_click=_confirmed),
            Button(Plain("It is serious"), id="en_serious", on_click=_is_serious, when="asks_serious"),
            Cancel(Plain("Cancel"), id="en_stop7"),
            state=Entering.confirm,
            getter=_summary,
        ),
    )


# Taking back ---------------------------------------------------------------------------------------------


async def begin_reversal(manager: DialogManager, case: EntryId) -> None:
    """Ask for the reason. Raises what `ledger.reversible` raises."""
    await ask_of(manager)(ledger.reversible, actor_of(manager), case)
    await manager.start(Reversing.reason, data={"case": case}, mode=StartMode.RESET_STACK, show_mode=ShowMode.SEND)


def _case(manager: DialogManager) -> EntryId:
    data = manager.start_data
    return EntryId(int(data["case"]) if isinstance(data, dict) else 0)


async def _asking_reason(dialog_manager: DialogManager, **_: object) -> dict[str, Any]:
    v = viewer_of(dialog_manager)
    label, case = await ask_of(dialog_manager)(ledger.shown_case, actor_of(dialog_manager), _case(dialog_manager))
    return {"text": views.ask_reason(v, label, case, v.now)}


async def _reason_given(message: Message, _: MessageInput, manager: DialogManager) -> None:
    actor, case = actor_of(manager), _case(manager)
    back = await do_of(manager)(ledger.reverse_case, actor, case, message.text or "")
    label, _case_now = await ask_of(manager)(ledger.shown_case, actor, case)
    await finish(manager, views.taken_back(viewer_of(manager), label, back))


def _reversing() -> Dialog:
    return Dialog(
        Window(
            FromView(),
            MessageInput(_reason_given, content_types=ContentType.TEXT),
            Cancel(Plain("Cancel"), id="rv_stop"),
            state=Reversing.reason,
            getter=_asking_reason,
        )
    )


def dialogs() -> list[Dialog]:
    return [_entering(), _reversing()]

"""How an update finds its handler without asking everybody: one table of commands and buttons over all areas.

The areas' routers are put together into one, in their order; a message that gives a command is offered only to the
handlers of that command and to those that look at anything. What the forms' library does before every handler is
done in private chats alone, for there are no forms in groups.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED, CancelHandler, SkipHandler
from aiogram.dispatcher.event.handler import FilterObject, HandlerObject
from aiogram.dispatcher.event.telegram import TelegramEventObserver
from aiogram.dispatcher.middlewares.manager import MiddlewareManager
from aiogram.enums import ChatType
from aiogram.fsm.middleware import FSMContextMiddleware
from aiogram.types import CallbackQuery, ErrorEvent, Message, TelegramObject, Update

from bot.callbacks import OnPress
from bot.commands import Said, parse
from bot.handling import note
from bot.middlewares.chats import GROUPS, Chats
from bot.middlewares.identity import Identity

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Indexed(TelegramEventObserver):
    """An observer that asks only the handlers that can want the event, in the order of their registration."""

    def __init__(self, router: Router, event_name: str) -> None:
        super().__init__(router, event_name)
        self._known = 0
        self._fitting: dict[str, list[HandlerObject]] = {}

    async def answer(self, event: TelegramObject, name: str, data: dict[str, Any]) -> Any:
        """`trigger` for a command in a group, where no middleware has anything to do. UNHANDLED also where its
        handler wants more than the event and what is known here."""
        for handler in self._for(name):
            passed, found = await handler.check(event, **data)
            if not passed:
                continue
            if handler.varkw or not handler.awaitable or len(handler.params - found.keys()) > 1:
                return UNHANDLED
            note(handler=handler.callback)
            try:
                return await handler.callback(event, **handler._prepare_kwargs(found))
            except SkipHandler:
                continue
        return UNHANDLED

    async def trigger(self, event: TelegramObject, **kwargs: Any) -> Any:
        for handler in self._for(_name(event, kwargs)):
            kwargs["handler"] = handler
            passed, data = await handler.check(event, **kwargs)
            if passed:
                kwargs.update(data)
                note(handler=handler.callback)
                try:
                    inner = self.outer_middleware.wrap_middlewares(self._resolve_middlewares(), handler.call)
                    return await inner(event, kwargs)
                except SkipHandler:
                    continue
        return UNHANDLED

    def _for(self, name: str) -> list[HandlerObject]:
        if self._known != len(self.handlers):
            self._known, self._fitting = len(self.handlers), {}
        found = self._fitting.get(name)
        if found is None:
            if len(self._fitting) > len(self.handlers) + 1:
                self._fitting.clear()  # names that nobody handles come from outside and have no end
            found = [handler for handler in self.handlers if _wanted(handler) in (None, name)]
            self._fitting[name] = found
        return found


def _name(event: TelegramObject, data: dict[str, Any]) -> str:
    if isinstance(event, CallbackQuery):
        return (event.data or "").partition(":")[0]
    if isinstance(event, Message):
        found = parse(event.text or event.caption or "", data["username"])
        return found[0] if found else ""
    return ""


def _wanted(handler: HandlerObject) -> str | None:
    """The command or button a handler is for; None where it may want anything."""
    for one in handler.filters or []:
        if type(one.callback) is Said:
            return one.callback.entry.name
        if type(one.callback) is OnPress:
            return one.callback.name
    return None


class Areas(Router):
    """The handlers of several routers as one."""

    def __init__(self) -> None:
        super().__init__(name="areas")
        self.commands = Indexed(self, "message")
        self.message = self.observers["message"] = self.commands
        self.callback_query = self.observers["callback_query"] = Indexed(self, "callback_query")

    def take(self, router: Router) -> None:
        for name, observer in router.observers.items():
            self.observers[name].handlers += observer.handlers


def _is_plain(router: Router) -> bool:
    own = (observer for observer in router.observers.values())
    bare = all(not (o.middleware or o.outer_middleware or o._handler.filters) for o in own)
    return type(router) is Router and not router.sub_routers and bare


def merged(routers: Iterable[Router]) -> list[Router]:
    """Neighbouring routers that are nothing but handlers, put together; the others as they are."""
    found: list[Router] = []
    for router in routers:
        if not _is_plain(router):
            found.append(router)
            continue
        last = found[-1] if found else None
        into = last if isinstance(last, Areas) else Areas()
        if into is not last:
            found.append(into)
        into.take(router)
    return found


def stay_in_the_loop(dispatcher: Dispatcher) -> None:
    """Have conditions like `F.text` judged in the event loop: the library runs each on a thread."""
    for router in dispatcher.chain_tail:
        for observer in router.observers.values():
            for handler in [*observer.handlers, observer._handler]:
                for one in handler.filters or []:
                    _judged_here(one)


def _judged_here(one: FilterObject) -> None:
    magic = one.magic
    if magic is not None and not one.awaitable:

        async def judge(event: TelegramObject) -> Any:
            return magic.resolve(event)

        one.callback = judge
        one.__post_init__()
        one.magic = magic


class InPrivate:
    """A middleware that works in private chats alone."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        chat = data.get("event_chat")
        if chat is not None and chat.type != ChatType.PRIVATE:
            return await handler(event, data)
        return await self._inner(handler, event, data)


def keep_forms_private(dispatcher: Dispatcher) -> None:
    """Spare groups what `setup_dialogs` has put before every handler, and the look-up of a form's state."""
    for observer in dispatcher.observers.values():
        if observer is not dispatcher.update:
            _wrap_all(observer.middleware)
            _wrap_all(observer.outer_middleware)
    before_all = dispatcher.update.outer_middleware
    for inner in list(before_all):
        before_all.unregister(inner)
        before_all.register(InPrivate(inner) if isinstance(inner, FSMContextMiddleware) else inner)


def _wrap_all(manager: MiddlewareManager) -> None:
    for inner in list(manager):
        manager.unregister(inner)
        manager.register(InPrivate(inner))


class Desk(Dispatcher):
    """aiogram's dispatcher with a short way for what groups say most: commands.

    On the long way an update passes some thirty coroutines to its handler, and passes them all again each time it
    waits for something. A command in a group goes through the same steps (`Chats`, `Identity`) straight to the table
    of commands; what the table does not settle goes the long way, and errors are answered as there.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._chats: Chats | None = None
        self._identity: Identity | None = None
        self._table: Indexed | None = None

    def wire(self, chats: Chats, identity: Identity, areas: Iterable[Router]) -> None:
        """Take the steps before every handler, and the areas in their order."""
        self.update.outer_middleware(chats)
        self.update.outer_middleware(identity)
        self.include_routers(*areas)
        tables = [router for router in self.sub_routers if isinstance(router, Areas)]
        first = [router for router in self.sub_routers if router.message.handlers][:1]
        if first == tables[:1] and first:
            self._chats, self._identity, self._table = chats, identity, tables[0].commands

    async def feed_update(self, bot: Bot, update: Update, **kwargs: Any) -> Any:
        message = update.message
        if message is None or message.chat.type not in GROUPS or self._table is None:
            return await super().feed_update(bot, update, **kwargs)
        name = _name(message, self.workflow_data)
        if not name:
            return await super().feed_update(bot, update, **kwargs)
        data: dict[str, Any] = {
            "dispatcher": self,
            **self.workflow_data,
            **kwargs,
            "bot": bot,
            "event_from_user": message.from_user,
            "event_chat": message.chat,
            "event_update": update,
        }
        try:
            response = await self._answer(message, name, data)
        except CancelHandler:
            return UNHANDLED
        except Exception as error:
            happened = ErrorEvent(update=update, exception=error)
            response = await self.propagate_event(update_type="error", event=happened, **data)
            if response is UNHANDLED:
                raise
            return response
        return await super().feed_update(bot, update, **kwargs) if response is UNHANDLED else response

    async def _answer(self, message: Message, name: str, data: dict[str, Any]) -> Any:
        if self._chats is None or self._identity is None or self._table is None:
            return UNHANDLED
        if await self._chats.message(message):
            return None
        if not await self._identity.know(message, data):
            return None
        return await self._table.answer(message, name, data)

"""Metrics: the figures of this process and of the installation, in Prometheus' text format at `/metrics`.

Whoever does the work tells it through a callback; a process that listens nowhere has none, and pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from time import monotonic
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.health import Found, Part

if TYPE_CHECKING:
    from bot.app import App
    from core.ids import UpdateId
    from core.notices import NoticeState

MOST_UNDERWAY = 4096  # updates whose arrival is remembered; another process may have handled the oldest
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)  # seconds
LATE = (0.1, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0)  # seconds
UNITS = (1, 2, 5, 10, 20, 50, 100, 200)
LONG = ("getUpdates",)  # held open by the platform: its time is no delay


class Metrics:
    """Counts, and answers `/metrics`."""

    def __init__(self, app: App) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # the library does not say
        self._app = app
        self._underway: dict[UpdateId, float] = {}
        self._children: dict[tuple[Counter, tuple[str, ...]], Counter] = {}
        self.registry = CollectorRegistry()
        self._make(self.registry)
        self.registry.register(Installation(app, self))
        ProcessCollector(registry=self.registry)
        self.found: Found | None = None
        app.listener.routes.append(web.get("/metrics", self.answer))

    def _make(self, to: CollectorRegistry) -> None:
        def counter(name: str, what: str, *labels: str) -> Counter:
            return Counter(f"keguan_{name}", what, labels, registry=to)

        def histogram(name: str, what: str, buckets: Iterable[float]) -> Histogram:
            return Histogram(f"keguan_{name}", what, buckets=tuple(buckets), registry=to)

        self._received = counter("updates_received", "Updates that came, repeated ones too.")
        self._handled = counter("updates_handled", "Updates that were handled, by outcome.", "outcome")
        self._answering = histogram("update_seconds", "From the arrival of an update until it was handled.", QUICK)
        self._commits = histogram("commit_seconds", "How long a transaction took.", QUICK)
        self._units = histogram("commit_units", "How many units of work shared a transaction.", UNITS)
        self._notices = counter("notices", "Notices that left the outbox, by state.", "state")
        self._sending = histogram("notice_seconds", "From when a notice was due until it was sent.", LATE)
        self._ringing = histogram("ring_lateness_seconds", "From when a deadline was due until it rang.", LATE)
        self._rounds = counter("rounds", "Rounds that ran, on time or missed in an outage.", "outcome")
        self._calls = counter("calls", "Calls to the platform, by method and outcome.", "method", "outcome")
        self._calling = histogram("call_seconds", "How long the platform took to answer.", QUICK)

    def _child(self, of: Counter, *labels: str) -> Counter:
        """One of a counter's children; the library's own look-up takes a lock and builds words."""
        key = (of, labels)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = of.labels(*labels)
        return child

    # What is told ---------------------------------------------------------------------------------------

    def arrived(self, updates: Iterable[UpdateId]) -> None:
        now, count = monotonic(), 0
        for update in updates:
            count += 1
            self._underway.setdefault(update, now)
        while len(self._underway) > MOST_UNDERWAY:
            del self._underway[next(iter(self._underway))]
        self._received.inc(count)

    def handled(self, update: UpdateId, outcome: str) -> None:
        self._child(self._handled, outcome.replace(" ", "_")).inc()
        begun = self._underway.pop(update, None)
        if begun is not None:
            self._answering.observe(monotonic() - begun)

    def committed(self, units: int, seconds: float) -> None:
        """Told on the writer's thread."""
        self._commits.observe(seconds)
        self._units.observe(units)

    def settled(self, state: NoticeState, seconds: float | None) -> None:
        self._child(self._notices, state).inc()
        if seconds is not None:
            self._sending.observe(seconds)

    def rung(self, late: float) -> None:
        self._ringing.observe(late)

    def ran(self, missed: bool) -> None:
        self._child(self._rounds, "missed" if missed else "on_time").inc()

    def called(self, method: str, outcome: str, seconds: float) -> None:
        self._child(self._calls, method, outcome).inc()
        if method not in LONG:
            self._calling.observe(seconds)

    async def answer(self, _request: web.Request) -> web.Response:
        """Also while this process starts or stops: then without the tables' figures."""
        self.found = await self._app.health.look() if self._app.listener.ready else None
        return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class Installation(Collector):
    """What is asked for when somebody looks, and not counted before."""

    def __init__(self, app: App, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    def describe(self) -> list[Metric]:
        return []  # nothing is asked at the start

    def collect(self) -> Iterator[Metric]:
        app, found = self._app, self._metrics.found
        yield InfoMetricFamily(
            "keguan_build",
            "What runs.",
            {
                "version": release(),
                "database": app.store.kind,
                "rulebook": app.store.rulebook.version,
            },
        )
        yield _gauge("ready", "Whether this process is ready, 1 or 0.", app.listener.ready)
        yield _gauge("updates_in_hand", "Updates that this process handles now.", app.intake.lanes.in_hand)
        yield _gauge("messages_waiting", "Messages that wait for their turn to be sent.", app.pace.waiting)
        yield _gauge("database_away_seconds", "For how long nothing can be written.", app.store.absence.seconds)
        yield _gauge("platform_failing_seconds", "For how long every call has failed.", app.calls.failing_for)
        if app.calls.last_answer is not None:
            yield _gauge("platform_answered_seconds", "Since the platform last answered.", app.calls.last_answer)
        if found is not None:
            yield from self._tables(found)

    def _tables(self, found: Found) -> Iterator[Metric]:
        parts = self._app.health.parts(found)
        well = GaugeMetricFamily("keguan_well", "Whether a part of /healthz is well, 1 or 0.", labels=["part"])
        for name, part in parts.items():
            well.add_metric([name], float(part["ok"]))
        yield well
        yield _gauge("calendar_provisional", "Whether make-up days are missing.", parts["calendar"]["provisional"])
        yield from _of(parts, "disk", "free_bytes", "disk_free_bytes", "Room where the data lie.")
        yield from _of(parts, "backup", "age_seconds", "backup_age_seconds", "Since the last backup.")
        yield from _of(parts, "processes", "live", "processes", "Processes that live.")
        yield from _of(parts, "processes", "leads", "leads", "Whether this process leads, 1 or 0.")
        vitals = found.vitals
        if vitals is None:
            return
        yield _gauge("bell_lag_seconds", "By how much the oldest deadline is late.", vitals.bell_lag)
        yield _gauge("inbox_open", "Updates that are not handled.", vitals.open_updates)
        yield _gauge("inbox_oldest_seconds", "How long the oldest of them waits.", vitals.oldest_update or 0)
        yield _gauge("dead_letters", "Updates that were put aside.", vitals.dead_letters)
        yield _gauge("outbox_pending", "Notices that are not sent, held back ones too.", vitals.pending_notices)
        yield _gauge("outbox_oldest_seconds", "The oldest that could be sent.", vitals.oldest_notice or 0)
        yield CounterMetricFamily("keguan_outages", "Outages that were noted.", value=vitals.outages)


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"keguan_{name}", what, value=float(value))


def _of(parts: dict[str, Part], part: str, field: str, name: str, what: str) -> Iterator[Metric]:
    value = parts.get(part, {}).get(field)
    if value is not None:
        yield _gauge(name, what, value)


def release() -> str:
    """The version of the program; empty where it runs from its sources."""
    try:
        return version("keguan")
    except PackageNotFoundError:
        return ""

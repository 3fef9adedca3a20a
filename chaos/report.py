"""What became of scenes, in lines and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chaos.evidence import Evidence
from chaos.scene import STORES, Strike


@dataclass
class Report:
    """What became of one scene."""

    name: str
    store: str
    seconds: float
    updates: int = 0
    offences: dict[str, list[str]] = field(default_factory=dict)
    strikes: list[Strike] = field(default_factory=list)
    repeats: int = 0
    most: int = 0  # repeats at one end
    silence: float = 0.0  # seconds
    rows: list[dict[str, Any]] = field(default_factory=list)
    evidence: Evidence | None = None

    @property
    def is_good(self) -> bool:
        return not self.offences


def line(report: Report) -> str:
    verdict = (
        "good"
        if report.is_good
        else "BAD: " + "; ".join(f"{name} ({len(found)}): {found[0]}" for name, found in report.offences.items())
    )
    return (
        f"{report.name:24} {report.store:11} {len(report.strikes):3} ends {report.updates:5} updates "
        f"{report.repeats:2} repeated (most {report.most}) {report.silence:5.1f} s silent "
        f"{report.seconds:5.0f} s  {verdict}"
    )


LOST = ("nothing_accepted_is_lost", "the_inbox_is_empty", "every_alert_is_out_or_marked", "everything_due_has_rung")
DOUBLE = (
    "what_was_written_stands_once",
    "an_effect_leaves_one_trace",
    "one_winner_a_lead",
    "places_are_reported_once",
)


@dataclass(frozen=True, slots=True)
class Total:
    """A store's line of the table."""

    store: str
    kills: int
    terms: int
    updates: int
    lost: int
    double: int
    repeated: int
    other: int
    silence: float


def totals(reports: Iterable[Report]) -> list[Total]:
    by_store: dict[str, list[Report]] = {}
    for report in reports:
        by_store.setdefault(report.store, []).append(report)
    return [_total(store, found) for store, found in by_store.items()]


def _total(store: str, found: list[Report]) -> Total:
    hows = Counter(strike.how for report in found for strike in report.strikes)

    def count(names: Iterable[str]) -> int:
        return sum(len(report.offences.get(name, ())) for report in found for name in names)

    every = sum(len(offences) for report in found for offences in report.offences.values())
    lost, double = count(LOST), count(DOUBLE)
    return Total(
        store,
        hows["SIGKILL"],
        hows["SIGTERM"],
        sum(report.updates for report in found),
        lost,
        double,
        sum(report.repeats for report in found),
        every - lost - double,
        max(report.silence for report in found),
    )


def table(reports: Sequence[Report]) -> str:
    """Kills by place, then a line for each store."""
    return "\n".join([*_by_place(reports), "", *_by_store(reports)])


def _by_place(reports: Iterable[Report]) -> list[str]:
    places: dict[str, Counter[tuple[str, str]]] = {}
    for report in reports:
        for strike in report.strikes:
            places.setdefault(strike.place, Counter())[report.store, strike.how] += 1
    columns = [(store, how) for store in STORES for how in ("SIGKILL", "SIGTERM")]
    head = "".join(f"{f'{store[:6]} {how[3:]}':>13}" for store, how in columns)
    return [
        f"{'ended':42}{head}",
        *(
            f"{place:42}" + "".join(f"{ends[column] or '·':>13}" for column in columns)
            for place, ends in sorted(places.items())
        ),
    ]


COLUMNS = ("kill -9", "SIGTERM", "updates", "lost", "double", "repeated", "other", "silence")


def _by_store(reports: Iterable[Report]) -> list[str]:
    lines = [f"{'store':11}" + "".join(f"{name:>10}" for name in COLUMNS)]
    for t in totals(reports):
        figures = (t.kills, t.terms, t.updates, t.lost, t.double, t.repeated, t.other)
        lines.append(f"{t.store:11}" + "".join(f"{figure:10}" for figure in figures) + f"{t.silence:8.1f} s")
    return lines

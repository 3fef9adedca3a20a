"""What is wrong with a rulebook file, as facts with their place in the file (RULE-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from core.rulebook import wording
from core.rulebook.wording import ProblemKind

Path = tuple[str | int, ...]

_NEAR_ENOUGH = 65  # similarity (0–100) from which a known name is offered for a mistyped one


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column in a file, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake in the settings. The first of `paths` that the file itself mentions is where it is shown."""

    kind: ProblemKind
    paths: tuple[Path, ...]
    expected: str = ""
    got: str = ""
    near: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake at one place of a file. `key` is dotted; list items count from 0."""

    file: str
    line: int
    column: int
    key: str
    kind: ProblemKind
    expected: str = ""
    got: str = ""
    near: str | None = None

    def __str__(self) -> str:
        return wording.english(self)

    def chinese(self) -> str:
        """The same line in Chinese."""
        return wording.chinese(self)


class RulebookError(Exception):
    """The file is no rulebook; `problems` has every mistake in it, in the order of the file (RULE-1)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.column, p.key)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)

    def chinese(self) -> str:
        """One Chinese line per mistake."""
        return "\n".join(problem.chinese() for problem in self.problems)


@dataclass(eq=False)
class UnknownEntry(LookupError):
    """The rulebook defines no such clause, level, kind or setting; `near` is the likeliest one meant."""

    what: str  # "clause", "level", "complaint kind", "setting"
    key: str
    near: str | None = None


def dotted(path: Path) -> str:
    """`("complaints", "kinds", 0)` as `complaints.kinds.0`."""
    return ".".join(str(part) for part in path)


def near(name: str, known: Iterable[str]) -> str | None:
    """The known name a mistyped one is closest to, if any is close."""
    found = process.extractOne(name, list(known), scorer=fuzz.ratio, score_cutoff=_NEAR_ENOUGH)
    return found[0] if found else None


def problem_of(finding: Finding, file: str, places: Mapping[Path, Place]) -> Problem:
    """Put a finding at its place in the file: its key, else the nearest parent the file mentions."""
    path = next((p for p in finding.paths if p in places), finding.paths[0])
    parent = path
    while parent and parent not in places:
        parent = parent[:-1]
    place = places.get(parent, Place(1, 1))
    return Problem(
        file,
        place.line,
        place.column,
        dotted(path),
        finding.kind,
        finding.expected,
        finding.got,
        finding.near,
    )

"""How long the rulebook takes to load: the default, and a company's file with 500 clauses of its own.

    python -m bench.rulebook

Processor time of this process, the shortest of several loads. Goal: 500 clauses in less than 200 ms.
"""

from __future__ import annotations

import time

from bench import table
from bench.table import Line, at_most, limited

GOAL_MS = 200.0


def many_clauses(count: int) -> str:
    """A file with `count` clauses beside the default ones."""
    clause = (
        "  own.clause_{n}:\n    title: {{ zh: 第{n}条规定, en: Clause {n} }}\n    article: 第九章 第{n}条\n"
        "    text:\n      zh: 员工在 {{tasks.reply_minutes}} 分钟内完成第{n}项要求。\n    in_force: true\n"
    )
    return "preset: default\nclauses:\n" + "".join(clause.format(n=n) for n in range(1, count + 1))


def best(text: str, times: int) -> float:
    """The shortest of some loads, in milliseconds."""
    from core.rulebook import loads

    spent = []
    for _ in range(times):
        start = time.process_time()
        loads(text)
        spent.append(time.process_time() - start)
    return min(spent) * 1000


def measure(runs: int, quick: bool) -> list[Line]:
    text, times = many_clauses(500), 3 if quick else 10
    best(text, 1)  # imports, and what is made once
    plain = [best("preset: default", times) for _ in range(runs)]
    many = [best(text, times) for _ in range(runs)]
    return [
        limited("rulebook: the default, loaded", "ms CPU", plain),
        limited("rulebook: with 500 own clauses", "ms CPU", many, at_most(GOAL_MS)),
    ]


if __name__ == "__main__":
    table.main(measure)

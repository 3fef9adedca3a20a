"""How long the rulebook takes to load: the default, and a company's file with 500 clauses of its own.

    python -m bench.rulebook

Processor time of this process, the shortest of several loads. Target: 500 clauses in less than 200 ms.
"""

from __future__ import annotations

import time


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


def main() -> None:
    start = time.process_time()
    from core.rulebook import default, loads

    print(f"import               {(time.process_time() - start) * 1000:8.1f} ms")
    start = time.process_time()
    default()
    print(f"default, first       {(time.process_time() - start) * 1000:8.1f} ms")
    print(f"default, again       {best('preset: default', 10):8.1f} ms")
    text = many_clauses(500)
    print(f"500 own clauses      {best(text, 10):8.1f} ms  ({len(loads(text).clauses)} clauses)")


if __name__ == "__main__":
    main()

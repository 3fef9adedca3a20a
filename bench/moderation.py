"""How long the look at a group's message takes, with 2,000 words of a company beside the shipped list (ORG-5).

    python -m bench.moderation

The messages are those of the tests' corpus, one by one, and run together to the most a message may hold. Measured is
the time of the thread itself: what the machine does beside it is not counted.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

from bench import table
from bench.table import Line, at_most, limited

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "core" / "moderation" / "ordinary.txt"
WORDS = 2_000
MOST_TEXT = 4_096
LONGEST = "4,096 characters"  # nobody writes such: what one costs is shown, and not held against the limit
LIMIT_MS = 1.0


def words(count: int) -> list[str]:
    """Words of two to four characters, drawn from all that are in use."""
    drawn = random.Random(1)
    return ["".join(chr(drawn.randint(0x4E00, 0x8FFF)) for _ in range(drawn.randint(2, 4))) for _ in range(count)]


def messages() -> dict[str, list[str]]:
    texts = [line for line in CORPUS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    drawn = random.Random(2)
    pages = ["\n".join(drawn.sample(texts, 300)) for _ in range(200)]
    return {
        "one by one": texts * 4,
        "500 characters": [page[:500] for page in pages],
        LONGEST: [page[:MOST_TEXT] for page in pages],
    }


def p99(watched: Any, texts: list[str]) -> float:
    """Milliseconds of this thread, for one message."""
    from core.discipline import Post, Standing

    spent = []
    for text in texts:
        begun = time.thread_time()
        watched.judge(Post(text), Standing.STAFF)
        spent.append((time.thread_time() - begun) * 1000)
    return sorted(spent)[int(len(spent) * 0.99)]


def measure(runs: int, quick: bool) -> list[Line]:
    from core.discipline import watch
    from core.ids import GroupId
    from core.rulebook import loads

    rulebook = loads(f"preset: default\ndiscipline:\n  words:\n    advertising: [{', '.join(words(WORDS))}]\n")
    watched = watch(rulebook.discipline, [], GroupId(1))
    return [
        limited(
            f"a group's message looked at: {name}, p99",
            "ms CPU",
            [p99(watched, texts) for _ in range(runs)],
            None if name == LONGEST else at_most(LIMIT_MS),
        )
        for name, texts in messages().items()
    ]


if __name__ == "__main__":
    table.main(measure)

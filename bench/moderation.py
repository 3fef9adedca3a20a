"""How long the look at a group's message takes, with 2,000 words of a company beside the shipped list (ORG-5).

The messages are those of the tests' corpus, one by one, and run together to the most a message may hold. Measured is
the time of the thread itself: what the machine does beside it is not counted.

Run: python -m bench.moderation
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
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


def main() -> int:
    from core.discipline import Post, Standing, watch
    from core.ids import GroupId
    from core.rulebook import loads

    rulebook = loads(f"preset: default\ndiscipline:\n  words:\n    advertising: [{', '.join(words(WORDS))}]\n")
    start = time.perf_counter()
    watched = watch(rulebook.discipline, [], GroupId(1))
    print(f"building the index  {(time.perf_counter() - start) * 1000:8.1f} ms, once a rulebook")
    worst = 0.0
    for name, texts in messages().items():
        spent = []
        for text in texts:
            begun = time.thread_time()
            watched.judge(Post(text), Standing.STAFF)
            spent.append((time.thread_time() - begun) * 1000)
        spent.sort()
        p99 = spent[int(len(spent) * 0.99)]
        worst = max(worst, p99 if name != LONGEST else 0.0)
        print(f"{name:18}  p50 {spent[len(spent) // 2]:6.3f} ms   p99 {p99:6.3f} ms   most {spent[-1]:6.3f} ms")
    return int(worst > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())

"""Crash tests, the long run.

    python -m chaos [--kills 200] [--seed N] [--only WORD] [--stores sqlite,postgresql,pair]

Exit code 1 where an invariant is broken; the folder of such a scene stays, and is named.
"""

from __future__ import annotations

import argparse
import asyncio
import time

from chaos.report import Report, table
from chaos.running import play_all, strike_all
from chaos.scenarios import known
from chaos.scene import STORES

SHARES = {"sqlite": 0.45, "postgresql": 0.3, "pair": 0.25}


def main() -> None:
    asked = _asked()
    stores = asked.stores.split(",")
    print(f"seed {asked.seed}", flush=True)
    reports: list[Report] = []
    if asked.kills and asked.only in "kills":
        whole = sum(SHARES[store] for store in stores)
        shares = {store: round(asked.kills * SHARES[store] / whole) for store in stores}
        reports += asyncio.run(strike_all(shares, asked.seed))
        print(f"\n{table(reports)}\n", flush=True)
    others = [one for one in known() if asked.only in one.name]
    reports += asyncio.run(play_all(others, stores, asked.seed)) if others else []
    for report in reports:
        for name, offences in report.offences.items():
            print(f"\n{report.name} on {report.store}: {name}\n  " + "\n  ".join(offences[:10]))
    ends = sum(strike.how == "SIGKILL" for report in reports for strike in report.strikes)
    repeats = sum(report.repeats for report in reports)
    if ends:
        most = max(report.most for report in reports if report.strikes)
        print(
            f"{repeats} alerts repeated at {ends} kills: {repeats / ends:.2f} a kill (goal: at most 1), most {most}"
        )
    if not all(report.is_good for report in reports):
        raise SystemExit(f"invariants are broken (seed {asked.seed})")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description="Crash tests, the long run.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--only", default="", help="scenarios whose name holds this word")
    parser.add_argument("--stores", default=",".join(STORES))
    return parser.parse_args()


if __name__ == "__main__":
    main()

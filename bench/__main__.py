"""Every measurement in turn: `python -m bench`."""

from __future__ import annotations

import subprocess
import sys

ALL = ("rulebook", "worktime", "echo", "kills", "claims", "morning", "moderation")


def main() -> None:
    failed = []
    for name in ALL:
        print(f"\n== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()

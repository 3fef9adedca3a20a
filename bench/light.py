"""The measured bot with aiogram's types built when used, as the product has them: `python -m bench.light …`."""

from __future__ import annotations

import bot  # noqa: F401  # before whatever imports aiogram
from bench import subject

if __name__ == "__main__":
    subject.main()

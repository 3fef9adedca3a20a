"""The duty roster of holidays (ORG-9): who is there, gets that day's prompts and alerts; others don't."""

from core.duty import rounds as rounds  # declares the rounds
from core.duty.filling import fill, fill_lines
from core.duty.model import (
    FILLED,
    REMINDER,
    SHORT,
    STARTS,
    SWAP,
    SWAPPED,
    Duty,
    NoRestDay,
    NotOnDuty,
    OnDutyAlready,
    Rosters,
    Swap,
    SwapState,
)
from core.duty.roster import Break, coming_breaks, is_on_duty, on_duty, route
from core.duty.swapping import accept, ask_swap, decline, duties_of, withdraw_swap
from core.duty.viewing import Overview, choices, overview

__all__ = [
    "FILLED",
    "REMINDER",
    "SHORT",
    "STARTS",
    "SWAP",
    "SWAPPED",
    "Break",
    "Duty",
    "NoRestDay",
    "NotOnDuty",
    "OnDutyAlready",
    "Overview",
    "Rosters",
    "Swap",
    "SwapState",
    "accept",
    "ask_swap",
    "choices",
    "coming_breaks",
    "decline",
    "duties_of",
    "fill",
    "fill_lines",
    "is_on_duty",
    "on_duty",
    "overview",
    "rounds",
    "route",
    "withdraw_swap",
]

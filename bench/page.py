"""How quick the page is, where there is Chromium.

    python -m bench.page [--quick]

Starts `keguan sandbox` as its own process and opens it in a browser that runs already, and measures
- first screen: from the start of the process to phones that can be used,
- a click: from the press of a button (or Enter) to its effect on the screen, on the own phone and on another one,
- two hundred people in one group: everybody writes at once; the time until all is on the screen, the longest frame
  meanwhile, and a click to its effect afterwards,
- memory of the server process.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bench import table
from bench.table import Line, at_most, limited, missing
from tests.sandbox.browser import CHROMIUM, Screen, open_browser

PEOPLE = 200
ROUNDS = 30
COMPLAINTS = "complaints of the browser"
WATCH = """([selector, text]) => new Promise(done => {
    const box = document.querySelector(selector), start = performance.now();
    const seen = () => {
        if (box.textContent.includes(text)) { look.disconnect(); done(performance.now() - start); }
    };
    const look = new MutationObserver(seen);
    look.observe(box, {subtree: true, childList: true, characterData: true});
    window.act(text);
    seen();
})"""
MORE_THAN = """([me, n]) =>
    document.querySelectorAll(`.phone[data-person="${me}"] .row.theirs`).length > n"""
TYPE = """me => { window.act = text => {
    const box = document.querySelector(`.phone[data-person="${me}"] textarea`);
    box.value = text;
    box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true})); }; }"""
FRAMES = """() => { window.longest = 0; let last = performance.now();
    const frame = now => {
        window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame); }"""


Found = dict[tuple[str, str], list[float]]  # by what and unit


async def measured() -> Found:
    found: Found = {}
    async with open_browser() as screen:
        await _measure(screen, found)
    return found


async def _measure(screen: Screen, found: Found) -> None:
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox.web.main", "0", stdout=asyncio.subprocess.PIPE
    )
    try:
        url = await _url(process)
        found["page answers", "s"] = [time.perf_counter() - started]
        await screen.open(url)
        found["first screen, phones usable", "s"] = [time.perf_counter() - started]
        await _clicks(screen, found)
        found["memory of its server", "MB"] = [_resident(process.pid)]
        await _crowd(screen, found)
        found[f"memory after {PEOPLE} people", "MB"] = [_resident(process.pid)]
        found[COMPLAINTS, ""] = [len(screen.complaints)]
    finally:
        process.terminate()
        await process.wait()


async def _url(process: asyncio.subprocess.Process) -> str:
    if process.stdout is None:
        raise RuntimeError("the sandbox has no output")
    while line := (await process.stdout.readline()).decode():
        if "http" in line:
            return next(word for word in line.split() if word.startswith("http"))
    raise RuntimeError("the sandbox did not start")


async def _clicks(screen: Screen, found: Found) -> None:
    page = screen.page
    zhang = await screen.chat("张三", "销售部")
    await screen.chat("王建国", "销售部")
    me, other = await zhang.get_attribute("data-person"), await screen.phone("王建国").get_attribute("data-person")
    await page.evaluate(TYPE, me)
    for title, person in (("click to effect, own phone", me), ("click to effect, another phone", other)):
        taken = [
            await page.evaluate(WATCH, [f'.phone[data-person="{person}"] .log', f"第{person}-{n}句"])
            for n in range(ROUNDS)
        ]
        found[title, "ms"] = taken
    await screen.chat("张三", "客管")
    taken = []
    for _ in range(ROUNDS):
        before = await zhang.locator(".row.theirs").count()
        start = time.perf_counter()
        await page.evaluate("window.act('/help')")
        await page.wait_for_function(MORE_THAN, arg=[me, before])
        taken.append((time.perf_counter() - start) * 1000)
    found["message to the bot's answer", "ms"] = taken


async def _crowd(screen: Screen, found: Found) -> None:
    page = screen.page
    status: dict[str, Any] = await page.evaluate("window.sandbox.status.phones")
    people = []
    for number in range(PEOPLE - 2):
        answer = await _act(screen, {"act": "newcomer", "person": status["王建国"], "name": f"员工{number:03}"})
        people.append(answer["person"])
    group = (await _act(screen, {"act": "group", "person": status["王建国"], "title": "全体", "people": people}))[
        "chat"
    ]
    await page.wait_for_timeout(500)
    phone = await screen.chat("王建国", "全体")
    await page.evaluate(FRAMES)
    start = time.perf_counter()
    await asyncio.gather(
        *(_act(screen, {"act": "say", "person": one, "chat": group, "text": f"{one} 到！"}) for one in people)
    )
    await phone.get_by_text(f"{people[-1]} 到！").wait_for()
    found[f"{PEOPLE} people write in one group", "ms"] = [(time.perf_counter() - start) * 1000]
    found["longest frame meanwhile", "ms"] = [await page.evaluate("window.longest")]
    await page.evaluate("window.longest = 0")
    me = await phone.get_attribute("data-person")
    await page.evaluate(TYPE, me)
    log = f'.phone[data-person="{me}"] .log'
    taken = [await page.evaluate(WATCH, [log, f"大家好{number}。"]) for number in range(ROUNDS)]
    found[f"click to effect among {PEOPLE}", "ms"] = taken
    found[f"longest frame among {PEOPLE}", "ms"] = [await page.evaluate("window.longest")]


async def _act(screen: Screen, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = await screen.page.evaluate(
        """async body => { const answer = await fetch("/act", {method: "POST",
        headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)}); return answer.json(); }""",
        body,
    )
    return answer


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def measure(runs: int, quick: bool) -> list[Line]:
    if not CHROMIUM:
        return [missing("sandbox page", "no Chromium (KEGUAN_CHROMIUM)")]
    rounds = [asyncio.run(measured()) for _ in range(1 if quick else runs)]
    return [
        limited(
            f"sandbox page: {what}",
            unit,
            [statistics.median(found[what, unit]) for found in rounds],
            at_most(0) if what == COMPLAINTS else None,
        )
        for what, unit in rounds[0]
    ]


if __name__ == "__main__":
    table.main(measure)

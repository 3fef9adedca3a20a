"""Reading what people type about a lead: phones, amounts, and one line that holds everything (LED-1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.leads.entities import AmountUnclear, DayUnclear, Draft
from core.names import hidden_phone, name_key, phone_key
from core.rulebook import Rulebook
from core.worktime import written

MOST_YUAN = 10**12
MOST_NAME, MOST_NEED = 80, 500

_UNITS = {"": 1, "千": 10**3, "k": 10**3, "万": 10**4, "w": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_AMOUNT = re.compile(r"[¥￥]?(\d+(?:\.\d+)?)(千万|百万|万|千|亿|w|k)?(?:元|块|人民币|yuan|rmb)?", re.IGNORECASE)
_MONEY_WORD = re.compile(r"[¥￥]\d|\d(千万|百万|万|亿|w|元)", re.IGNORECASE)
_BARE_AMOUNT = re.compile(r"\d{5,7}")
_NO_DATE = r"(?<!\d)(?!20\d\d-\d)"
_DIGITS = re.compile(_NO_DATE + r"\+?\d(?:[ \-()]?\d){6,}+(?!\s*[元万台个])")
_TIGHT = re.compile(_NO_DATE + r"\+?\d(?:[\-()]?\d){6,}+")
_LABEL = re.compile(r"(公司|客户|姓名|联系人|名称|电话|手机|号码|需求|name|phone|need)\s*[:：]\s*", re.IGNORECASE)
_NEED = re.compile(r"想|要|需|求|询|咨询|购|买|采购|订|定制|问|wants?$|needs?$", re.IGNORECASE)
_PERSON = re.compile(r"(先生|女士|小姐|太太|老师|经理|总)$")


@dataclass(frozen=True, slots=True)
class Contact:
    """What a text says about a customer. `bad_phone` is a number that can't be one."""

    name: str
    phone: str
    need: str
    bad_phone: str = ""


def mask_phones(text: str) -> str:
    """A text for a group: whatever looks like a phone number in it is masked."""
    return _DIGITS.sub(lambda found: hidden_phone(found[0]), text)


def read_yuan(text: str) -> int:
    """An amount in yuan: `80万`, `800,000`, `1.5亿`. Raises AmountUnclear."""
    found = _AMOUNT.fullmatch(re.sub(r"[\s,，_约]", "", text))
    yuan = round(float(found[1]) * _UNITS[(found[2] or "").lower()]) if found and len(found[1]) < 20 else -1  # noqa: PLR2004 no float beyond
    if not 0 <= yuan <= MOST_YUAN:
        raise AmountUnclear("amount", text.strip()[:40])
    return yuan


def read_contact(text: str) -> Contact:
    """Name or company, phone and need from one message in any usual order."""
    text = _LABEL.sub(" ", text)
    phone, bad, before, after = _split_at_phone(text)
    head, tail = _words(before), _words(after)
    if not head and tail and not _NEED.match(tail[0]):
        head, tail = tail[:1], tail[1:]
    begins = next((i for i, word in enumerate(head) if _NEED.match(word)), len(head))
    name, need = head[:begins], [*head[begins:], *tail]
    return Contact(" ".join(name)[:MOST_NAME], phone, " ".join(need)[:MOST_NEED], bad)


def _split_at_phone(text: str) -> tuple[str, str, str, str]:
    """(E.164 or empty, a number that is none, text before, text after)."""
    for found in (*_TIGHT.finditer(text), *_DIGITS.finditer(text)):
        phone = phone_key(found[0])
        if phone is not None:
            return phone, "", text[: found.start()], text[found.end() :]
    wrong = _DIGITS.search(text)
    if wrong:
        return "", wrong[0], text[: wrong.start()], text[wrong.end() :]
    return "", "", text, ""


def _words(text: str) -> list[str]:
    return re.sub(r"[,，;；、\n]", " ", text).split()


def read_line(rulebook: Rulebook, regions: Collection[str], text: str) -> tuple[Draft, str]:
    """(draft, number that is none) from `来电 华强电子 13800001111 80万 要200台`; what it doesn't say stays empty."""
    words = text.split()
    source = _source(rulebook, words[0]) if words else ""
    words = words[1:] if source else words
    region = next((word for word in words if word in regions), "")
    amount = next((word for word in words if _is_amount(word)), "")
    contact = read_contact(" ".join(word for word in words if word not in (region, amount)))
    expected = read_yuan(amount) if amount else None
    return Draft(source, contact.name, contact.phone, contact.need, region, expected), contact.bad_phone


def _source(rulebook: Rulebook, word: str) -> str:
    for choice in rulebook.leads.sources:
        if word.casefold() in (choice.key, choice.title.zh.casefold(), choice.title.en.casefold()):
            return choice.key
    return ""


def _is_amount(word: str) -> bool:
    plain = word.replace(",", "").replace("，", "")
    sounds = _MONEY_WORD.search(plain) or _BARE_AMOUNT.fullmatch(plain)
    return bool(sounds and _AMOUNT.fullmatch(plain))


def fill_in(draft: Draft, text: str) -> tuple[Draft, str]:
    """The draft with what a message adds, and a number in it that is none. What was given before stays."""
    missing = [field for field in ("name", "phone", "need") if not getattr(draft, field)]
    contact = read_contact(text)
    if missing == ["phone"]:
        return replace(draft, phone=contact.phone), "" if contact.phone else text.strip()[:40]
    if missing == ["name"]:
        return replace(draft, name=" ".join(text.split())[:MOST_NAME]), ""
    if missing == ["need"]:
        return replace(draft, need=" ".join(text.split())[:MOST_NEED]), ""
    spare = contact.name if draft.name else ""
    filled = replace(
        draft,
        name=draft.name or contact.name,
        phone=draft.phone or contact.phone,
        need=draft.need or contact.need or spare,
    )
    return filled, "" if filled.phone else contact.bad_phone


def read_day(text: str, today: date) -> date:
    """A coming day: `9-30`, `9月30日`, `明天`, `下周一`. Raises DayUnclear, also for one that is over."""
    day = written.read_day(text, today)
    if day is None or day < today:
        raise DayUnclear("day", text.strip()[:40])
    return day


def company_key(name: str, legal_suffixes: Sequence[str]) -> str:
    """The company in a name, without its legal form, for comparing; empty where there are only people."""
    companies = [word for word in name.split() if not _PERSON.search(word)]
    return name_key(companies[0], legal_suffixes) if companies else ""


MIN_RECORD = 5  # characters: “已联系” or “ok” is an answer, not a record


def is_record(text: str) -> bool:
    """Whether a text says more than a word, so that it can stand in the record."""
    return len(re.sub(r"[\W_]", "", text)) >= MIN_RECORD

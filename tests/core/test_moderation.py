"""How often the moderate list errs, counted over our own corpus, and what each trick is undone by (ORG-5).

The list was made with an eye on this corpus, so the counts say what must not get worse, not what a stranger's new
wording will meet: of sixty forbidden messages written after it, thirty got past it at first; of 84 ordinary ones none
was found.

Limits: of ordinary messages at most 1 % are found; of forbidden ones at least 96 %, nine in
ten under the right heading.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from core.discipline import Action, Category, Finding, Listed, Origin, Post, Standing, Watch, watch
from core.discipline.folding import fold
from core.discipline.posts import CONTENT
from core.ids import GroupId
from core.rulebook import default, loads
from core.rulebook.sections.discipline import PostAction, PostCategory, WordCategory

CORPUS = Path(__file__).with_name("moderation")
HERE = GroupId(1)


def lines(name: str) -> list[str]:
    return [line for line in (CORPUS / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def moderate() -> Watch:
    return watch(default().discipline, [], HERE)


def found(watched: Watch, text: str, standing: Standing = Standing.GUEST) -> Finding | None:
    verdict = watched.judge(Post(text), standing)
    return verdict[0] if verdict else None


# The corpus


def test_the_corpus_is_large_enough() -> None:
    assert len(set(lines("ordinary.txt"))) >= 400
    assert len(set(lines("forbidden.txt"))) >= 200


def test_ordinary_messages_are_let_pass(moderate: Watch) -> None:
    """False positives: at most 1 %, whoever wrote it."""
    texts = lines("ordinary.txt")
    for standing in Standing:
        verdicts = {text: verdict for text in texts if (verdict := moderate.judge(Post(text), standing))}
        assert len(verdicts) <= len(texts) // 100, verdicts


def test_forbidden_messages_are_found(moderate: Watch) -> None:
    """False negatives: at most 4 %; under another heading, those counted: at most 10 %."""
    texts = [line.split(" ", 1) for line in lines("forbidden.txt")]
    missed = [text for _, text in texts if found(moderate, text) is None]
    wrong = [t for c, t in texts if (f := found(moderate, t)) is not None and f.category != c]
    assert len(missed) <= len(texts) * 4 // 100, missed
    assert len(missed) + len(wrong) <= len(texts) * 10 // 100, (missed, wrong)


# Tricks, one by one


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("裸聊", "裸聊"),
        ("裸 聊", "裸聊"),
        ("裸-聊", "裸聊"),
        ("裸\u200b聊", "裸聊"),
        ("裸\ufe0f聊", "裸聊"),
        ("裸😀聊", "裸聊"),
        ("裸，聊，视，频", "裸聊"),
        ("裸裸裸聊", "裸聊"),
        ("裸裸聊聊", "裸聊"),
        ("裸liao", "裸liao"),
        ("LuoLiao", "luoliao"),
        ("luo liao", "luo liao"),
        ("賭場", "赌场"),
        ("ｃａｓｉｎｏ", "casino"),
        ("ⓒⓐⓢⓘⓝⓞ", "casino"),
        ("𝖈𝖆𝖘𝖎𝖓𝖔", "casino"),
        ("саsіno", "casino"),  # Cyrillic
        ("cαsιnο", "casino"),  # Greek
        ("cas1n0", "casino"),
        ("c a s i n o", "casino"),
        ("c.a.s.i.n.o", "casino"),
        ("ca\u00adsino", "casino"),
        ("cásinò", "casino"),
        ("CASINOOOO", "casino"),
        ("加威❤信 领红包", "加微信+领红包"),
        ("➕薇芯 领红包", "加微信+领红包"),
    ],
)
def test_trick_is_undone(moderate: Watch, text: str, word: str) -> None:
    finding = found(moderate, text)
    assert finding is not None
    assert finding.found == word


@pytest.mark.parametrize(
    "text",
    [
        "妈妈的团购",
        "他去买。春天到了",  # words do not reach over the end of a sentence
        "essex",
        "casinoless",
        "下注塑机",
        "赌石手镯",
        "",
        "\u200b",
        "\ud83d",  # half of a pair, as a broken client may send
        "A B C D E",
    ],
)
def test_what_only_looks_like_it_is_let_pass(moderate: Watch, text: str) -> None:
    assert found(moderate, text) is None


def test_a_word_the_company_forbids_is_found_with_the_same_tricks() -> None:
    """The rulebook's own words beside the list; single characters only where the company wants them."""
    rules = loads("preset: default\ndiscipline:\n  words: { advertising: [某平台, 赌] }\n  allowed_words: [赌石]\n")
    own = watch(rules.discipline, [], HERE)
    for text in ("某平台", "某 平 台", "某ping台", "某平臺"):
        finding = found(own, text)
        assert finding is not None, text
        assert finding.category is Category.ADVERTISING
    assert found(own, "有人在赌") is not None
    assert found(own, "赌石三块") is None
    assert found(own, "赌石三块，再赌一把") is not None


def test_what_a_group_allows_itself_holds_there_alone() -> None:
    listed = [Listed(1, HERE, "word", "百家乐牌", True, Category.UNHEALTHY, "陈经理")]
    here, elsewhere = (watch(default().discipline, listed, GroupId(group)) for group in (1, 2))
    assert found(here, "百家乐牌水泥") is None
    assert found(here, "百家乐必胜") is not None
    assert found(elsewhere, "百家乐牌水泥") is not None


# What comes with a message


@pytest.mark.parametrize(
    ("post", "category"),
    [
        (Post("看这里", links=("https://bit.ly/x",)), Category.SHORT_LINK),
        (Post("看 bit.ly/x"), Category.SHORT_LINK),
        (Post("看 bit 。ly/x"), Category.SHORT_LINK),
        (Post("看 bit。ly/x"), Category.SHORT_LINK),
        (Post("看 evil[.]example.com"), Category.VIRUS),
        (Post("看 ＥＶＩＬ．EXAMPLE．COM"), Category.VIRUS),
        (Post("", links=("https://t.me/+AbCd",)), Category.ADVERTISING),
        (Post("", files=("报价.APK",)), Category.FILE),
        (Post("", files=("报价.pdf.exe ",)), Category.FILE),
        (Post("", files=("报价.pdf",)), None),
        (Post("", origin=Origin("channel", "某频道", "spamnews")), Category.FORWARD),
        (Post("", origin=Origin("channel", "本公司", "Our_News")), None),
        (Post("", origin=Origin("bot", "某机器人", "spam_bot")), Category.FORWARD),
        (Post("", origin=Origin("person", "李四")), None),
        (Post("", contact=True), Category.CONTACT),
        (Post("", media="photo"), Category.MEDIA),
        (Post("官网 https://www.ours.com/a"), None),
        (Post("发我 zhang@bit.ly"), None),
    ],
)
def test_what_comes_with_a_guests_message(post: Post, category: Category | None) -> None:
    rules = loads(
        "preset: default\ndiscipline:\n  denied_domains: [evil.example.com]\n  allowed_channels: ['@our_news']\n"
    )
    verdict = watch(rules.discipline, [], HERE).judge(post, Standing.GUEST)
    assert (verdict[0].category if verdict else None) == category


def test_links_of_new_members_alone_are_found() -> None:
    watched = watch(default().discipline, [], HERE)
    link = Post("看 https://some.shop/a")
    assert watched.leads_out(link, Standing.GUEST)
    assert not watched.leads_out(link, Standing.STAFF)
    assert not watched.leads_out(Post("地图 https://uri.amap.com/x"), Standing.GUEST)
    assert watched.judge(link, Standing.GUEST) is None
    verdict = watched.judge(link, Standing.GUEST, new=True)
    assert verdict is not None
    assert verdict[0] == Finding(Category.NEW_LINK, "domain", "some.shop")


def test_managers_are_only_reported_and_what_is_not_named_is_let_pass() -> None:
    watched = watch(default().discipline, [], HERE)
    verdict = watched.judge(Post("澳门赌场"), Standing.MANAGER)
    assert verdict is not None
    assert verdict[1] is Action.REPORT
    assert watched.judge(Post("兼职日结，加微信"), Standing.MANAGER) is None
    assert watched.judge(Post("", media="photo"), Standing.STAFF) is None


def test_the_gravest_finding_decides() -> None:
    """A report does not hide what is to be removed."""
    watched = watch(default().discipline, [], HERE)
    verdict = watched.judge(Post("兼职日结，加微信，澳门赌场"), Standing.STAFF)
    assert verdict is not None
    assert (verdict[0].category, verdict[1]) == (Category.GAMBLING, Action.REMOVE)


def test_the_rulebook_names_the_same_categories_and_actions() -> None:
    assert set(get_args(PostCategory)) == set(Category)
    assert set(get_args(PostAction)) == set(Action)
    assert set(get_args(WordCategory)) == set(CONTENT)


def test_folding_keeps_the_words_of_a_text_in_order() -> None:
    assert fold("Make  Money, FAST").tokens == ("make", "money", "fast")

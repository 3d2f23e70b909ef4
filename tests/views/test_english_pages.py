"""Every page read in English (issue 2 item 3): what is still Chinese on it is the office's own data.

Each reader walks all links from the workbench; official papers and files are left out, they stay Chinese.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import sqlalchemy as sa
from babel.support import NullTranslations
from flask import Flask

from admin_views import languages
from models import db
from rules import campaign_templates
from scripts import translations
from services import import_fields
from tests.fixtures.client import DeskClient
from tests.fixtures.databases import fresh_sqlite, make_app, template
from tests.test_translations import CHINESE, QUOTED

READERS = ("office_head", "handler_a", "statistician", "auditor", "sysadmin")
OFF_SCREEN = re.compile(r"/export/|/xlsx|/print|/sheet|/table|/download|\.ics|/logout|^/language|/attachment/|^/static")
"""Files and official papers, which stay Chinese."""
KEPT = ("by", "side")
READ_ALOUD = ("placeholder", "aria-label", "title", "data-confirm", "data-ask-reason", "data-label", "data-l")
SHORT = 6
"""A longer piece may be cut out of the data; a shorter one must stand there as it is."""
CAREFUL = {"th", "label", "button", "legend", "dt", "h2", "summary", "nav"}
"""Where a screen speaks and the office's data do not, or only as names."""


class Reader(HTMLParser):
    """The Chinese pieces of a page with their tags, and its links."""

    VOID = frozenset({"input", "br", "img", "meta", "link", "hr", "path", "circle", "rect", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str]] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        self.texts += [(f"{tag} {name}", given[name]) for name in READ_ALOUD if CHINESE.search(given.get(name, ""))]
        if tag not in self.VOID:
            self.open.append((tag, given.get("lang", "")))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        quiet = any(tag in ("script", "style", "textarea") or lang == "zh-CN" for tag, lang in self.open)
        if CHINESE.search(data) and not quiet:
            self.texts.append((" ".join(tag for tag, _lang in self.open), data.strip()))


@dataclass
class Served:
    """The demonstration office in this process, its accounts and every Chinese word of its data."""

    app: Flask
    accounts: dict[str, dict[str, str]]
    data: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    folder = tmp_path_factory.mktemp("english")
    application = make_app(fresh_sqlite("demo", folder / "desk.db"), folder)
    accounts = json.loads((template("demo") / "demo-accounts.json").read_text(encoding="utf-8"))["accounts"]
    with application.app_context():
        words = {word for table in db.metadata.sorted_tables for word in _rows(table)}
    words |= set(_leaves([campaign_templates.TEMPLATES, import_fields.KINDS]))
    return Served(application, accounts, "\n".join(sorted(words)))


def _rows(table: Any) -> Iterator[str]:
    if table.name != "audit_entry":
        for row in db.session.execute(sa.select(table).execution_options(gated=True)):
            yield from _leaves(list(row))


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from _leaves(part)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        yield from _leaves([getattr(value, name) for name in value.__dataclass_fields__])


class Missed(NullTranslations):
    """Stands behind the catalog and notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return message


def _pages(client: DeskClient, seen: set[Any]) -> Iterator[tuple[str, Reader]]:
    """Every kind of page a reader gets to by links: one for each path without its numbers and for each tab not yet `seen`."""
    waiting = ["/admin/", "/", "/cases", "/admin/nothing-here"]
    while waiting:
        address = waiting.pop(0)
        kind = _kind_of(address)
        if kind in seen or OFF_SCREEN.search(address):
            continue
        seen.add(kind)
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        if answer.mimetype == "text/html":
            page = Reader()
            page.feed(answer.text)
            here = answer.request.path
            waiting += [here + link if link.startswith("?") else link for link in page.links if link[:1] in "/?"]
            yield address, page


def _kind_of(address: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    parts = urlsplit(address)
    kept = sorted((name, value) for name, value in parse_qsl(parts.query) if name in KEPT and not value.isdigit())
    return re.sub(r"\d+", "0", parts.path), tuple(kept)


@pytest.mark.parametrize(
    "usernames", ["office_head handler_a", *(pytest.param(name, marks=pytest.mark.trust) for name in READERS[1:])]
)
def test_every_page_is_english(served: Served, monkeypatch: pytest.MonkeyPatch, usernames: str) -> None:
    """Nothing asked of the catalog is missing, and what is still Chinese on a page is the office's own data."""
    missed, seen, left = Missed(), set[Any](), []
    runs = frozenset(CHINESE.findall(served.data))
    plain = languages.ScreenWords.get_translations
    monkeypatch.setattr(languages.ScreenWords, "get_translations", lambda domain: _backed(plain(domain), missed))
    for username in usernames.split():
        client = DeskClient(served.app)
        client.log_in(username, served.accounts[username]["password"])
        client.get("/language/en")
        missed.asked.clear()  # the log-in was Chinese
        left += [
            (address, where, text)
            for address, page in _pages(client, seen)
            for where, text in page.texts
            if not _is_data(text, where, served.data, runs)
        ]
        assert sorted(word for word in missed.asked if CHINESE.search(word) and word not in served.data) == []
    assert not left, "\n".join(f"{address} <{where}> {text}" for address, where, text in left)


def _backed(found: Any, missed: Missed) -> Any:
    found._fallback = missed
    return found


def _is_data(text: str, where: str, data: str, runs: frozenset[str]) -> bool:
    """Names, texts and titles of the office; a masked name; the quoted title of a law. Labels of screens never are."""
    quoted = "\n".join(QUOTED)
    pieces = CHINESE.findall(re.sub("《[^》]*》第?[零一二三四五六七八九十百]*条?|.某|\\S*\\*\\*\\S*", " ", text))
    if CAREFUL & set(where.split()) and text in _labels():
        return False
    return text in data or all(
        piece in runs or piece in quoted or (len(piece) > SHORT and piece in data) for piece in pieces
    )


@cache
def _labels() -> frozenset[str]:
    """What the screens say in Chinese, whole."""
    return frozenset(str(message.id) for message in translations.read() if message.id)

"""CPU time of the tasks in this process: warmed up, then the median of several runs in turns; nothing else counts."""

import html
import re
import time
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from benchmarks.pages import TASKS, Browser, Task, add_floor, save
from models import db
from rules.words import Status

WARM_UPS, RUNS = 3, 21
FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>(?:(.*?)</\1>)?", re.DOTALL)
NAME, VALUE, CHECKED = re.compile(r'\bname="([^"]+)"'), re.compile(r'\bvalue="([^"]*)"'), re.compile(r"\bchecked\b")
CHOSEN = re.compile(r'<option[^>]*selected[^>]*value="([^"]*)"|<option[^>]*value="([^"]*)"[^>]*selected')


class Desk:
    """One office with the browsers of those who ask; `ask` does a task once and says what it cost."""

    def __init__(self, app: Flask, passwords: dict[str, str]) -> None:
        add_floor(app)
        self.app, self.passwords, self.browsers = app, passwords, dict[str, Browser]()
        with app.app_context():
            self.facts = _facts(db.session())
            db.session.remove()

    def browser(self, task: Task) -> Browser:
        """The browser of the task's person, logged in, with the form to send back where the task sends one."""
        if task.username not in self.browsers:
            self.browsers[task.username] = Browser(self.app.test_client(), dict(self.facts))
            self.browsers[task.username].log_in(task.username, self.passwords[task.username])
        return self.browsers[task.username]

    def ask(self, task: Task) -> float:
        """CPU milliseconds of one run."""
        browser = self.browser(task)
        if task.run is save and "form" not in browser.facts:
            browser.facts |= _form(browser)
        began = time.process_time()
        task.run(browser)
        return (time.process_time() - began) * 1000


def milliseconds(desks: Mapping[int, Desk]) -> dict[int, dict[str, float]]:
    """{size: {label of a task: median of its CPU milliseconds}}; the offices take turns, so that a noisy moment hits all."""
    found: dict[int, dict[str, float]] = {size: {} for size in desks}
    for task in TASKS:
        for desk in desks.values():
            for _ in range(WARM_UPS):
                desk.ask(task)
        times = [{size: desk.ask(task) for size, desk in desks.items()} for _ in range(RUNS)]
        for size in desks:
            found[size][task.label] = median(each[size] for each in times)
    return found


def _facts(session: Session) -> dict[str, Any]:
    """Things to ask for: a matter still registered, the rarest name, a number in the middle."""
    gated = {"gated": True}
    open_id = session.execute(
        sa.select(sa.func.max(m.Petition.id)).where(m.Petition.status == Status.REGISTERED), execution_options=gated
    ).scalar_one()
    count = session.execute(sa.select(sa.func.max(m.Petition.id)), execution_options=gated).scalar_one()
    middle = session.get_one(m.Petition, count // 2, execution_options=gated)
    name = m.Petitioner.name
    rare = sa.select(name).group_by(name).order_by(sa.func.count(), sa.func.max(m.Petitioner.id).desc()).limit(1)
    return {
        "open_id": open_id,
        "number": middle.number,
        "name": session.execute(rare, execution_options=gated).scalar_one(),
        "unit_id": session.execute(sa.select(m.Unit.id).where(m.Unit.name == "自然资源所")).scalar_one(),
        "category_id": session.execute(sa.select(m.Category.id).where(m.Category.path == "城乡建设")).scalar_one(),
    }


def _form(browser: Browser) -> dict[str, Any]:
    """The edit form as a browser would send it back."""
    page = browser.get(f"/admin/petition/edit/?id={browser.facts['open_id']}")
    form = next(part for part in page.split("<form")[1:] if 'name="version"' in part).split("</form>")[0]
    return {"form": form, "fields": dict(_fields(form))}


def _fields(form: str) -> Iterator[tuple[str, str]]:
    for kind, attributes, inside in FIELD.findall(form):
        name, value = NAME.search(attributes), VALUE.search(attributes)
        is_box = 'type="checkbox"' in attributes or 'type="radio"' in attributes
        if not name or (is_box and not CHECKED.search(attributes)):
            continue
        if kind == "textarea":
            yield name[1], html.unescape(inside).strip()
        elif kind == "select":
            chosen = CHOSEN.search(inside)
            yield name[1], next((part for part in chosen.groups() if part), "") if chosen else ""
        else:
            yield name[1], html.unescape(value[1]) if value else ("y" if is_box else "")

"""CPU time of the tasks in this process: warmed up, then the median of several runs; nothing else counts."""

import html
import re
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

import models as m
from benchmarks.pages import TASKS, Browser, add_floor
from models import db
from rules.words import Status

WARM_UPS, RUNS = 3, 11
FIELD = re.compile(r"<(input|textarea|select)\b([^>]*)>(?:(.*?)</\1>)?", re.DOTALL)
NAME, VALUE, CHECKED = re.compile(r'\bname="([^"]+)"'), re.compile(r'\bvalue="([^"]*)"'), re.compile(r"\bchecked\b")
CHOSEN = re.compile(r'<option[^>]*selected[^>]*value="([^"]*)"|<option[^>]*value="([^"]*)"[^>]*selected')


def milliseconds(app: Flask, passwords: dict[str, str]) -> dict[str, float]:
    """{label of a task: CPU milliseconds}, the least of two medians so that a neighbour's noise counts less."""
    add_floor(app)
    with app.app_context():
        facts = _facts(db.session())
        db.session.remove()
    browsers: dict[str, Browser] = {}
    found = {}
    for task in TASKS:
        if task.username not in browsers:
            browsers[task.username] = Browser(app.test_client(), dict(facts))
            browsers[task.username].log_in(task.username, passwords[task.username])
        browser = browsers[task.username]
        if task.label == "修改：保存":
            browser.facts |= _form(browser)
        for _ in range(WARM_UPS):
            task.run(browser)
        found[task.label] = min(_median(task.run, browser), _median(task.run, browser))
    return found


def _median(run: Any, browser: Browser) -> float:
    def once() -> float:
        began = time.process_time()
        run(browser)
        return (time.process_time() - began) * 1000

    return median(once() for _ in range(RUNS))


def _facts(session: Session) -> dict[str, Any]:
    """Things to ask for: a matter still registered, somebody's name, a number in the middle."""
    gated = {"gated": True}
    open_id = session.execute(
        sa.select(sa.func.max(m.Petition.id)).where(m.Petition.status == Status.REGISTERED), execution_options=gated
    ).scalar_one()
    count = session.execute(sa.select(sa.func.max(m.Petition.id)), execution_options=gated).scalar_one()
    middle = session.get_one(m.Petition, count // 2, execution_options=gated)
    person = session.get_one(m.Petitioner, count // 2, execution_options=gated)
    return {
        "open_id": open_id,
        "number": middle.number,
        "name": person.name,
        "unit_id": session.execute(sa.select(m.Unit.id).where(m.Unit.name == "自然资源所")).scalar_one(),
        "category_id": session.execute(sa.select(m.Category.id).where(m.Category.name == "道路桥梁")).scalar_one(),
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

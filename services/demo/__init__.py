"""The demonstration office (演示): the township 青石镇 over two years, made through the services' own verbs, loaded once.

Every person, place and event is invented. `load` is the only entrance; the rest of the folder is what it is made of.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

import models as m
from rules.access import Actor
from rules.words import RuleBroken
from services.demo import (
    acts,
    aftercare,
    campaign,
    case_origins,
    cases,
    councils,
    duties,
    filings,
    inspected,
    late,
    leave,
    letters,
    marks,
    matters,
    people,
    plans,
    pressed,
    readings,
    receptions,
    rounds,
    sign_ups,
    sittings,
    talks,
    visits,
)
from services.demo.town import Life, Town, run

MOST = 2000
"""Matters a demonstration may have; for more there is the benchmark's generator."""


def load(
    session: Session, actor: Actor, files: Iterable[Path], base: str, *, petitions: int = 200, seed: int = 1
) -> dict[str, Any]:
    """Fill an empty office with the demonstration and write its accounts into `files`.

    `actor`: the command's own; its `today` is the last day of the two years told. `base`: the address people open.
    `seed`: the same seed tells the same story (passwords apart). Answers {"loaded": False, …} and touches nothing when the
    office has units already. Raises RuleBroken (field petitions) for an impossible number.
    """
    paths = list(files)
    if not 1 <= petitions <= MOST:
        raise RuleBroken(f"事项数：应为 1 至 {MOST} 之间的整数，请改正。", "petitions")
    if session.scalar(sa.select(m.Unit.id).limit(1)) is not None:
        return {"loaded": False, "message": "本办已有单位数据，没有载入演示数据，原有账号文件不变。"}
    town = Town(session, actor, Random(seed), paths[0].parent / "attachments")
    acted = session.info.get("actor")
    people.settle(town, plans.OLDEST + 10)
    run(_lives(town, petitions), town.today)
    session.info["actor"] = acted
    session.flush()
    accounts = accounts_of(town)
    for path in paths:
        write_accounts(path, base, accounts)
    return {"loaded": True, "petitions": petitions, "accounts": [str(path) for path in paths], "base": base}


def _lives(town: Town, petitions: int) -> list[Life]:
    """Everything that happens: the reception days first, so that a day's session is there when its visitor comes."""
    drawn = plans.draw(town, petitions - filings.count(petitions))
    for plan in drawn:
        cases.script(town, plan)
    receptions.found(town)
    leave.found(town)
    receptions.seat(town, drawn)
    duties.found(town)
    begun = [matters.begin(town, plan) for plan in drawn]
    held = [receptions.month(town, over) for over in receptions.months(town)]
    lives = [
        *held,
        *duties.lives(town),
        receptions.exchange(town),
        receptions.stand_in(town),
        receptions.asked(town),
        sign_ups.life(town),
        letters.life(town),
        marks.life(town),
        campaign.run(town),
        case_origins.life(town),
    ]
    lives += [talks.feedback(town), *(talks.report(town, over) for over in receptions.months(town))]
    lives += [*visits.lives(town), *readings.lives(town, begun), *rounds.lives(town)]
    lives += [*filings.lives(town, petitions, begun), aftercare.weeks(town), *pressed.lives(town)]
    lives += [acts.life(town, matter) for matter in begun]
    return [*lives, *councils.lives(town), *sittings.lives(town), *late.lives(town), *inspected.lives(town)]


def accounts_of(town: Town) -> dict[str, dict[str, str]]:
    """{user name: {"username", "password", "role", "unit"}} of the accounts handed out."""
    return {
        name: {
            "username": name,
            "password": town.passwords[name],
            "role": role.value,
            "unit": people.UNITS[unit][0] if unit else "",
        }
        for name, (_, role, unit, _) in people.ACCOUNTS.items()
    }


def write_accounts(path: Path, base: str, accounts: dict[str, dict[str, str]]) -> None:
    """Write the accounts file, readable by its owner only, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump({"base": base, "accounts": accounts}, out, ensure_ascii=False, indent=2)
        out.write("\n")
    made.replace(path)

"""What the office makes of its list: tags on matters of the same kind, and the filters its people keep."""

import sqlalchemy as sa

import models as m
from services import gate, list_choices, tags
from services.demo.town import Life, Town

TAGS = (("工资", "欠薪"), ("征地", "征地补偿"), ("拆迁", "征地补偿"), ("漏水", "房屋质量"))
"""A word of the demand, and the tag the office gives such matters."""
FILTERS = (
    ("clerk", "五人以上来访", {"tab": "all", "channel": "visit", "people": "5.."}, True),
    ("clerk", "在办的求决来信", {"tab": "open", "channel": "letter", "purpose": "seek"}, False),
    ("office_head", "已超期的来访", {"tab": "late", "channel": "visit"}, False),
)
"""Whose, its name, its conditions, shared or not."""


def life(town: Town) -> Life:
    """One morning two weeks before today, the guarded matters left alone."""
    day = town.ago(14)
    yield day
    clerk = town.acting("clerk", day)
    rows = gate.rows(clerk, m.Petition).where(sa.not_(m.Petition.is_guarded)).order_by(m.Petition.id)
    for petition in town.session.scalars(rows):
        named = [tag for word, tag in TAGS if word in petition.demand]
        if named:
            tags.put(town.session, clerk, petition, "、".join(dict.fromkeys(named)))
    for username, name, conditions, is_shared in FILTERS:
        actor = town.acting(username, day)
        list_choices.save(town.session, actor, "petition", name, conditions, is_shared=is_shared)

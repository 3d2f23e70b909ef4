"""A contact by its people, as the reader may see them (C3)."""

from flask_babel import gettext

import models as m
from rules.access import Actor, mask_name
from rules.words import Role


def shown_name(name: str, petition: m.Petition, actor: Actor) -> str:
    """A petitioner's name as this actor sees it: masked in guarded matters and for the statistician."""
    return mask_name(name, guarded=petition.is_guarded or actor.role is Role.STATISTICIAN)


def names(contact: m.Contact, actor: Actor) -> str:
    """孙桂英, 杨德明 等 14 人, or 匿名."""
    if contact.is_anonymous or not contact.people:
        return gettext("匿名")
    first = shown_name(contact.people[0].petitioner.name, contact.petition, actor)
    return (
        gettext("%(name)s 等 %(count)s 人", name=first, count=contact.people_count)
        if contact.people_count > 1
        else first
    )

"""Who must receive how often, and who is away: minimums as S0 sets them, leave entered ahead of the rosters (D3)."""

import models as m
from rules.minimums import READY
from rules.reception_words import AbsenceKind, Counted, Every
from rules.words import UnitKind
from services import absences, minimums
from services.demo.town import Town

AWAY = (
    ("discipline", AbsenceKind.TRAINING, -75, -61, "市委党校秋季班"),
    ("a", AbsenceKind.LEAVE, -20, -16, "年休假"),
    ("congress", AbsenceKind.BUSINESS, 6, 20, "省人大代表视察"),
    ("arms", AbsenceKind.TRAINING, 55, 68, "民兵整组集训"),
)
"""Key of the leader, why, the first and last day counted from today."""
ENTERED_AHEAD = 40


def found(town: Town) -> None:
    """The minimums that fit a township's own leaders, and the leave."""
    for least in READY:
        if least.level is not UnitKind.VILLAGE and least.every in (Every.MONTH, Every.YEAR):
            said = {name: getattr(least, name) for name in ("counted", "rank", "level", "count", "every", "source")}
            minimums.save(town.session, town.system, m.Minimum(), said | {"is_active": True})
    own = {"counted": Counted.SESSIONS, "rank": None, "level": UnitKind.GOVERNMENT, "count": 1, "every": Every.QUARTER}
    minimums.save(
        town.session, town.system, m.Minimum(), own | {"source": "本镇《领导接访工作制度》", "is_active": True}
    )
    for key, kind, first, last, note in AWAY:
        entered = town.acting("clerk", town.ago(max(0, ENTERED_AHEAD - first)))
        said = {
            "leader_id": town.leaders[key].id, "kind": kind, "from_on": town.ago(-first), "to_on": town.ago(-last),
            "note": note,
        }  # fmt: skip
        absences.save(town.session, entered, m.Absence(), said)

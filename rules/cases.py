"""Assigned cases (领导包案): where one comes from, on which basis a leader takes it, who may take what, the roles of a team (F1, F8).

Pure: facts in, a sentence out.
"""

from rules.words import Level, Rank, RuleBroken, UnitKind, Word


class CaseSource(Word):
    """What a case was opened from."""

    MATTER = "matter", "信访事项"
    RECORD = "record", "接访登记"
    DISPUTE = "dispute", "矛盾纠纷"
    CAMPAIGN = "campaign", "专项台账"


class CaseBasis(Word):
    """Why this leader carries it (F8): his line, his area, from above, or by decision."""

    DIVISION = "division", "分线（按分工）"
    AREA = "area", "联点（按片区）"
    ABOVE = "above", "上级指定"
    DECIDED = "decided", "班子研究确定"


class TeamRole(Word):
    """What somebody does in the team (专班)."""

    DEPUTY = "deputy", "副组长"
    HANDLER = "handler", "承办人"
    MEMBER = "member", "成员"
    EXPERT = "expert", "专业人员"


def check_rank(level: Level, is_major: bool, rank: Rank, stands: UnitKind) -> None:
    """What comes from above needs a member of the leading group, what is 重大复杂 a main leader (F8). Raises RuleBroken.

    `level`: of the case; `rank`, `stands`: the leader's, `stands` being the level of government he belongs to.
    """
    if is_major and rank is not Rank.MAIN:
        raise RuleBroken("包案领导：重大复杂的由主要领导包案，请改选主要领导。", "leader_id")
    if level is not Level.OWN and stands is not UnitKind.GOVERNMENT:
        raise RuleBroken("包案领导：上级交办的由党委政府班子成员包案，请改选领导。", "leader_id")

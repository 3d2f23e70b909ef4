"""青石镇 itself: its office's settings, units, leaders, accounts and its small classification."""

import dataclasses
import secrets

import models as m
from rules.words import Rank, Role, UnitKind
from services import accounts, settings
from services.demo.categories import TREE
from services.demo.town import Town

SETTINGS = {
    "office_name": "青石镇信访办",
    "office_place_name": "青石镇",
    "document_prefix": "青信",
    "reception_phone": "0000-1234500",
    "reception_place": "青石镇便民服务中心一楼 群众来访接待室",
    "discipline_contact": "inspector",
    "duty_staff": "王敏\n李娜\n何平\n吕岩",
    "roster_remark": "每月1日、16日为领导接待日，遇节假日顺延；每月第二个星期三增开一场。",
}
# key: name, kind, key of the unit above, key of the leader who heads it
UNITS = {
    "town": ("青石镇人民政府", UnitKind.GOVERNMENT, None, "mayor"),
    "office": ("青石镇信访办", UnitKind.OFFICE, "town", None),
    "a": ("自然资源所", UnitKind.DEPARTMENT, "town", None),
    "b": ("镇建设办", UnitKind.DEPARTMENT, "town", None),
    "labour": ("人社所", UnitKind.DEPARTMENT, "town", None),
    "civil": ("民政办", UnitKind.DEPARTMENT, "town", None),
    "police": ("青石派出所", UnitKind.DEPARTMENT, "town", None),
    "discipline": ("镇纪检监察办", UnitKind.DEPARTMENT, "town", "discipline"),
    "east": ("河东村", UnitKind.VILLAGE, "town", None),
    "bridge": ("石桥村", UnitKind.VILLAGE, "town", None),
    "willow": ("柳林村", UnitKind.VILLAGE, "town", None),
    "centre": ("青石社区", UnitKind.VILLAGE, "town", None),
}
# key: name, title, rank, division of work, keys of the units he answers for
LEADERS = {
    "secretary": ("陈立国", "党委书记", Rank.MAIN, "主持镇党委全面工作", ()),
    "mayor": ("何永平", "党委副书记、镇长", Rank.MAIN, "主持镇政府全面工作，分管财政、审计", ("town",)),
    "congress": ("邓为民", "人大主席", Rank.OTHER, "主持镇人大工作，联系河东村", ("east",)),
    "in_charge": ("林海燕", "党委副书记", Rank.OTHER, "分管信访、综治、民政", ("office", "civil", "police")),
    "a": ("赵明远", "副镇长", Rank.OTHER, "分管自然资源、农业农村、林业", ("a",)),
    "b": ("孙丽华", "副镇长", Rank.OTHER, "分管村镇建设、交通、环保", ("b",)),
    "labour": ("马骏", "组织委员", Rank.OTHER, "分管组织人事、人力资源和社会保障", ("labour",)),
    "discipline": ("高志诚", "纪委书记", Rank.OTHER, "主持镇纪委工作", ("discipline",)),
    "arms": ("罗刚", "武装部部长", Rank.OTHER, "分管武装、应急、退役军人事务", ("bridge", "willow")),
}
# username: name, role, unit, leader
ACCOUNTS = {
    "clerk": ("王敏", Role.CLERK, "office", None),
    "clerk2": ("李娜", Role.CLERK, "office", None),
    "cadre_a": ("周强", Role.CADRE, "a", None),
    "reporter_a": ("吴芳", Role.REPORTER, "east", None),
    "handler_a": ("郑伟", Role.HANDLER, "a", None),
    "handler_b": ("冯静", Role.HANDLER, "b", None),
    "unit_head_a": ("褚建军", Role.UNIT_HEAD, "a", None),
    "unit_head_b": ("卫国栋", Role.UNIT_HEAD, "b", None),
    "leader_in_charge": ("林海燕", Role.LEADER_IN_CHARGE, "town", "in_charge"),
    "leader_a": ("赵明远", Role.LEADER, "town", "a"),
    "leader_b": ("孙丽华", Role.LEADER, "town", "b"),
    "office_head": ("何平", Role.OFFICE_HEAD, "office", None),
    "inspector": ("吕岩", Role.INSPECTOR, "office", None),
    "statistician": ("施雨", Role.STATISTICIAN, "office", None),
    "archivist": ("张弛", Role.ARCHIVIST, "office", None),
    "auditor": ("孔维", Role.AUDITOR, None, None),
    "sysadmin": ("曹阳", Role.SYSADMIN, None, None),
}
"""The demonstration accounts (design §6); their passwords are handed out."""
COLLEAGUES = {
    "labour.wu": ("伍晓东", Role.HANDLER, "labour", None),
    "labour.bai": ("白雪峰", Role.UNIT_HEAD, "labour", None),
    "civil.tan": ("谭艳", Role.HANDLER, "civil", None),
    "civil.jin": ("金桂芳", Role.UNIT_HEAD, "civil", None),
    "police.lei": ("雷鸣", Role.HANDLER, "police", None),
    "police.shi": ("石勇", Role.UNIT_HEAD, "police", None),
    "discipline.qin": ("秦岭", Role.HANDLER, "discipline", None),
    "discipline.yan": ("严正", Role.UNIT_HEAD, "discipline", None),
}
"""The other units' staff, so that their matters move too; nobody gets their passwords."""
HANDLERS = {"a": "handler_a", "b": "handler_b"} | {
    unit: username for username, (_, role, unit, _) in COLLEAGUES.items() if role is Role.HANDLER and unit
}
"""Key of a unit → user name of its handler."""
HEADS = {"a": "unit_head_a", "b": "unit_head_b"} | {
    unit: username for username, (_, role, unit, _) in COLLEAGUES.items() if role is Role.UNIT_HEAD and unit
}
"""Key of a unit → user name of its head."""
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def settle(town: Town, since: int) -> None:
    """Classification, units, leaders, accounts, and settings valid from `since` days ago: one of them names an account."""
    _categories(town)
    for position, (key, (name, kind, above, _)) in enumerate(UNITS.items()):
        parent = town.units[above] if above else None
        town.units[key] = m.Unit(name=name, kind=kind, parent=parent, is_office=key == "office", position=position)
        town.session.add(town.units[key])
    town.session.flush()
    _leaders(town)
    for username, (name, role, unit, leader) in (ACCOUNTS | COLLEAGUES).items():
        _account(town, username, name, role, unit, leader)
    opened = dataclasses.replace(town.system, today=town.ago(since))
    for key, value in SETTINGS.items():
        settings.put(town.session, opened, key, value)


def _categories(town: Town) -> None:
    found: dict[str, m.Category] = {}
    for path in TREE:
        above, _, name = path.rpartition("/")
        found[path] = m.Category(name=name, path=path, level=path.count("/") + 1, parent=found.get(above))
        town.session.add(found[path])
    town.session.flush()
    town.categories.update({path: row.id for path, row in found.items()})


def _leaders(town: Town) -> None:
    for turn, (key, (name, title, rank, division, units)) in enumerate(LEADERS.items(), start=1):
        town.leaders[key] = m.Leader(
            name=name,
            title=title,
            rank=rank,
            division=division,
            phone=f"0000-12345{turn:02d}",
            turn=turn,
            in_office_from=town.ago(1200),
            units=[town.units[unit] for unit in units],
        )
        town.session.add(town.leaders[key])
    for key, (*_, head) in UNITS.items():
        town.units[key].head_leader = town.leaders[head] if head else None
        town.units[key].phone = f"0000-12346{town.units[key].position:02d}"
    town.session.flush()


def _account(town: Town, username: str, name: str, role: Role, unit: str | None, leader: str | None) -> None:
    town.passwords[username] = password()
    town.users[username] = accounts.create_user(
        town.session,
        town.system,
        username=username,
        name=name,
        role=role,
        unit=town.units[unit] if unit else None,
        leader=town.leaders[leader] if leader else None,
        password=town.passwords[username],
        is_demo=True,
    )


def password() -> str:
    """Five groups of four letters and digits from the system's own source of chance, about 99 bits."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(5))

"""The form of a reception rule as people say it, and the way back from a rule's text to the form (D1)."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_admin.form import BaseForm
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField, validators
from wtforms.widgets import HiddenInput

import models as m
from admin_views.fields import REQUIRED, DeskDate, NoNul, WordField
from admin_views.wording import is_english
from rules.lunar import DAYS
from rules.reception_words import RuleUse
from rules.rule_form import READY_RULES, RULE_KINDS, from_form
from rules.rule_text import WEEKDAY_CODES, parse
from rules.words import OnHoliday, Rank, RuleBroken, SessionForm

TEXT = "text"
"""The kind of a rule that no form can say: its text itself."""
NTH = ((1, "第一"), (2, "第二"), (3, "第三"), (4, "第四"), (5, "第五"), (-1, "最后"))
WEEKDAY_LABELS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
PARTS = ("weekdays", "monthdays", "nth", "interval", "lunar_days")
FIELDSETS = (
    ("哪几天", ("name", "use", "only_rank", "kind", *PARTS, "rrule", "on_holiday")),
    ("时间地点", ("starts", "ends", "place", "other_place", "form", "cadre")),
    ("有效期", ("valid_from", "valid_to", "is_active")),
)


class DayBoxes(SelectMultipleField):
    """Days of a month to tick; typed lists are read too: 1、16 or 初一、十五, the last day -1 or 最后一天."""

    def __init__(self, *args: Any, is_lunar: bool = False, **options: Any) -> None:
        self.is_lunar = is_lunar
        kw = {"data_grid": True, "wide": True}
        super().__init__(*args, choices=self.boxes, coerce=int, validate_choice=False, render_kw=kw, **options)

    def boxes(self) -> list[tuple[int, str]]:
        """Every day that can be ticked, the last one included."""
        if self.is_lunar and not is_english():
            days = list(enumerate(DAYS, start=1))
        else:
            days = [(n, str(n)) for n in range(1, 31 if self.is_lunar else 32)]
        return [*days, (-1, gettext("最后一天"))]

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        text = unicodedata.normalize("NFKC", "、".join(valuelist))
        words = [word for word in re.split(r"[\s,、;]+", text) if word]
        numbers = [self._number(word) for word in words]
        if None in numbers:
            wrong = words[numbers.index(None)][:20]
            raise ValueError(gettext("“%(word)s”不是日子，请写成“1、16”的样子。", word=wrong))
        self.data = list(dict.fromkeys(numbers))

    def _number(self, word: str) -> int | None:
        if word in ("最后一天", "月末"):
            return -1
        if self.is_lunar and word in DAYS:
            return DAYS.index(word) + 1
        plain = word.removesuffix("日").removesuffix("号")
        return int(plain) if re.fullmatch(r"-?[0-9]{1,2}", plain) else None


class WhoseField(WordField):
    """Whose days they are: everybody's in turn, or one rank's."""

    def options(self) -> list[tuple[str, str]]:
        return [("", gettext("全部领导轮流")), *super().options()[1:]]


class RuleForm(BaseForm):
    """One rule. Fields of the kinds not chosen are not read."""

    name = StringField(lazy_gettext("名称"), [validators.InputRequired(REQUIRED), validators.Length(max=60), NoNul()])
    use = WordField(
        lazy_gettext("用途"),
        kind=RuleUse,
        default=RuleUse.RECEPTION,
        description=lazy_gettext("几条规则可以并行，如领导接待日、值班、下访。"),
    )
    only_rank = WhoseField(lazy_gettext("哪些领导"), kind=Rank, blank=True)
    kind = SelectField(lazy_gettext("安排方式"), choices=lambda: kinds())
    weekdays = SelectMultipleField(
        lazy_gettext("星期几"),
        choices=lambda: [(c, gettext(w)) for c, w in zip(WEEKDAY_CODES, WEEKDAY_LABELS, strict=True)],
    )
    monthdays = DayBoxes(lazy_gettext("每月几日"), description=lazy_gettext("可选几天；短月没有的日子，那个月不安排。"))
    nth = SelectMultipleField(
        lazy_gettext("第几个"), coerce=int, choices=lambda: [(number, gettext(word)) for number, word in NTH]
    )
    interval = IntegerField(
        lazy_gettext("每几周一次"), [validators.Optional()], default=1, description=lazy_gettext("每周写 1，隔周写 2。")
    )
    lunar_days = DayBoxes(
        lazy_gettext("农历日子"),
        is_lunar=True,
        description=lazy_gettext("逢三、六、九：选初三、初六、初九、十三、十六、十九、廿三、廿六、廿九。"),
    )
    rrule = StringField(
        lazy_gettext("规则文本"),
        [validators.Length(max=200), NoNul()],
        description=lazy_gettext("RFC 5545 的 RRULE；农历写 RSCALE=CHINESE，每个工作日写 WORKDAYS。"),
    )
    on_holiday = WordField(lazy_gettext("遇节假日"), kind=OnHoliday, default=OnHoliday.NEXT)
    starts = StringField(lazy_gettext("开始时间"), [validators.InputRequired(REQUIRED)], default="09:00")
    ends = StringField(lazy_gettext("结束时间"), [validators.InputRequired(REQUIRED)], default="11:30")
    place = StringField(lazy_gettext("接访地点"), [validators.Length(max=100), NoNul()])
    other_place = StringField(
        lazy_gettext("另一地点"),
        [validators.Length(max=100), NoNul()],
        description=lazy_gettext("两地轮流时填写：生效日期起第一次在“接访地点”，下一次在这里，依次轮换。"),
    )
    form = WordField(lazy_gettext("接访形式"), kind=SessionForm, default=SessionForm.FIXED)
    cadre = StringField(lazy_gettext("信访干部"), [validators.Length(max=60), NoNul()])
    valid_from = DeskDate(
        lazy_gettext("生效日期"),
        [validators.Optional()],
        description=lazy_gettext("隔周、两地轮流的规则从这一天算起。"),
    )
    valid_to = DeskDate(lazy_gettext("失效日期"), [validators.Optional()])
    is_active = BooleanField(lazy_gettext("启用"), default=True)
    version = IntegerField(widget=HiddenInput(), validators=[validators.Optional()])


def kinds() -> list[tuple[str, str]]:
    """The ways to say which days, in the order of the form."""
    return [(kind.key, gettext(kind.label)) for kind in RULE_KINDS] + [(TEXT, gettext("直接写规则文本"))]


def text_of(said: Mapping[str, Any]) -> str:
    """The rule text that the form's values say. Raises RuleBroken naming the field."""
    if said["kind"] == TEXT:
        text = (said.get("rrule") or "").strip()
        try:
            parse(text)
        except RuleBroken as no:
            raise RuleBroken(no.message, "rrule") from no
        return text
    parts = {part: said.get(part) or () for part in PARTS if part != "interval"}
    interval = said.get("interval")
    return from_form(said["kind"], **parts, interval=1 if interval is None else interval)


def said_by(text: str) -> dict[str, Any]:
    """The form's fields that say this rule text; a text no form can say is the kind `text`."""
    rule = parse(text)
    parts: dict[str, Any] = {
        "weekdays": [WEEKDAY_CODES[day] for _nth, day in rule.byday],
        "monthdays": [] if rule.lunar else list(rule.bymonthday),
        "nth": sorted({nth for nth, _day in rule.byday if nth}),
        "interval": rule.interval,
        "lunar_days": list(rule.bymonthday) if rule.lunar else [],
    }
    if not set(rule.bymonthday) <= {*range(1, 31 if rule.lunar else 32), -1}:
        return {"kind": TEXT}
    weeks = parts | {"nth": sorted({(day + 6) // 7 for day in rule.bymonthday if day > 0})}
    for kind in RULE_KINDS:
        filled = weeks if kind.key == "week_of_month" else parts
        try:
            if parse(from_form(kind.key, **filled)) == rule:
                return {"kind": kind.key} | {part: filled[part] for part in kind.parts}
        except RuleBroken:
            continue
    return {"kind": TEXT}


def ready_rules() -> list[dict[str, str]]:
    """The ready choices as the page offers them."""
    return [{"name": one.name, "text": one.text, "on_holiday": one.on_holiday.value} for one in READY_RULES]


def filled_from(row: m.ReceptionRule) -> dict[str, Any]:
    """The form's extra fields for a stored rule."""
    return said_by(row.rrule) if row.rrule else {}

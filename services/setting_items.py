"""What an office may set, with what it is called, what it takes and what holds until somebody sets it (design §5)."""

from dataclasses import dataclass
from typing import Any

from rules.terms import MAX_DAYS


@dataclass(frozen=True)
class Item:
    """A setting.

    kind: text, int (1 to `most`), time, days (one or several), report_day (a day of the month, rules.report_days), lines (one
    entry a line, each of at most `line_limit` characters); `limit`: characters of a text; `choices`: the only values it takes.
    """

    key: str
    label: str
    default: Any
    kind: str = "text"
    help: str = ""
    group: str = "本办"
    limit: int = 200
    choices: tuple[str, ...] = ()
    line_limit: int = 0
    most: int = MAX_DAYS


ITEMS: tuple[Item, ...] = (
    Item("office_name", "办公室名称", "", help="显示在左上角和全部表头，如“青石镇信访办”。", limit=40),
    Item("office_place_name", "地方名称", "", help="公示标题用，如“青石镇”。", limit=40),
    Item("document_prefix", "文号代字", "信", help="如“青信”，文号为“青信交〔2026〕41号”。", limit=8),
    Item("reception_phone", "预约电话", "", help="印在公示上。"),
    Item("reception_place", "接访地点", "群众来访接待室", help="印在公示上。"),
    Item("discipline_contact", "纪检联系人账号", "", help="本办自身被反映时，只有登记人和此账号能看到。"),
    Item("group_threshold", "集体访人数", 5, "int", "达到这个人数为集体访。", "登记"),
    Item("max_representatives", "集体访代表上限", 5, "int", "《信访工作条例》第二十条：不超过 5 人。", "登记", most=5),
    Item(
        "filing_asked_first",
        "存信须先由他人提出",
        "否",
        help="选“是”：信访办负责人只能批准别人提出的存信。",
        group="办理",
        choices=("否", "是"),
    ),
    Item("filed_keep_years", "存信保存年限", 5, "int", "满这个年数才能列入销毁清单，从登记年度的次年算起。", "办理"),
    Item("endorse_first", "先呈领导签批再交办", "否", group="办理", choices=("否", "是")),
    Item("soon_days", "“即将到期”提前天数", 7, "int", "自然日。", "期限"),
    Item(
        "digest_mail",
        "每日到期提示发邮件",
        "是",
        help="每个工作日一次，发给填了电子邮箱的账号；不含信访人信息。",
        group="期限",
        choices=("是", "否"),
    ),
    Item("notice_ahead_days", "公示提前天数", 5, "int", "自然日，公示时检查。", "接访"),
    Item("swap_ahead_days", "调换提前天数", 2, "int", "自然日，不足时须写理由。", "接访"),
    Item("visit_contact_days", "下访联系提前天数", 10, "int", "自然日，下访前与当地联系。", "接访"),
    Item("visit_notice_days", "下访公示提前天数", 5, "int", "自然日，下访前在当地公示。", "接访"),
    Item(
        "visit_days_as",
        "下访天数按",
        "自然日",
        help="计入每年最低下访天数。",
        group="接访",
        choices=("自然日", "工作日"),
    ),
    Item("appointment_closes", "预约截止时间", "17:00", "time", "接访前若干个工作日的几点，过后只能现场登记。", "接访"),
    Item("appointment_closes_days", "预约截止提前工作日", 1, "int", "接访日之前第几个工作日截止。", "接访"),
    Item("appointment_most", "每场预约人数上限", 10, "int", "按预约的批数计算，现场登记不计。", "接访"),
    Item("brief_ahead_days", "接访准备提前工作日", 3, "int", "接访前几个工作日还没有接访准备的，列在工作台。", "接访"),
    Item(
        "duty_staff",
        "值班人员",
        "",
        "lines",
        "一行一人，按顺序轮流值班；两人一组的写在同一行。",
        "接访",
        2000,
        line_limit=60,
    ),
    Item(
        "roster_remark",
        "安排表备注",
        "",
        help="印在安排表和公示下面，如“每月1日、16日为领导接待日，遇节假日顺延。”。",
        group="接访",
    ),
    Item("reception_report_to", "接访月报报送单位", "区联席办", group="接访"),
    Item(
        "reception_report_cutoff",
        "接访月报材料截止",
        "次月第一周周四 12:00",
        "report_day",
        "内部收齐材料的时间，如“次月第一周周四 12:00”“当月25日”；遇休息日顺延。",
        "接访",
    ),
    Item(
        "reception_report_due",
        "接访月报上报期限",
        "次月第一周周五",
        "report_day",
        "第一周从当月第一个星期一算起；遇休息日顺延。",
        "接访",
    ),
    Item(
        "screening_every",
        "定期排查",
        "不定期",
        help="选“每月”：每月自动发起一轮矛盾纠纷排查，全部单位报送，零报告也要报。",
        group="接访",
        choices=("不定期", "每月"),
    ),
    Item("screening_ask_day", "定期排查发起日", 20, "int", "每月几日发起；31 为月底。", "接访", most=31),
    Item(
        "screening_due",
        "定期排查报送期限",
        "当月25日 17:00",
        "report_day",
        "如“当月25日 17:00”；遇休息日顺延。",
        "接访",
    ),
    Item(
        "meeting_monthly_by",
        "信访例会每月几日前召开",
        31,
        "int",
        "过了这一天没有召开的，提示逾期；31 为月底。",
        "接访",
        most=31,
    ),
    Item("meeting_joint_by", "联席会议每月几日前召开", 31, "int", "每月一议；31 为月底。", "接访", most=31),
    Item("verification_people", "核查人数", 2, "int", "参加调查核实的至少几人，含负责人。", "包案"),
    Item("hearing_people", "听证组人数", 3, "int", "听证主持人和听证员至少几人；应为单数。", "包案"),
    Item(
        "aid_over_budget",
        "帮扶资金超出预算",
        "写明理由后可以",
        help="选“不允许”：超出年度预算的一律不能登记。",
        group="包案",
        choices=("写明理由后可以", "不允许"),
    ),
    Item(
        "first_review",
        "结案前的初审",
        "退回的不能结案",
        help="选“通过后才能结案”：每件包案结案前都须由信访办初审通过。",
        group="包案",
        choices=("退回的不能结案", "通过后才能结案"),
    ),
    Item("first_review_days", "初审退回补正期限（天）", 7, "int", "自然日，退回时预填，可以改。", "包案"),
    Item("case_review_pass", "评查合格分数", 80, "int", "满分 100，低于此分或有一票否决的为不合格。", "包案", most=100),
    Item("case_review_mend_days", "评查整改期限（天）", 15, "int", "自然日，评查时预填，可以改。", "包案"),
    Item(
        "duties",
        "四包",
        "包掌握情况\n包思想教育\n包解决化解\n包息诉息访",
        "lines",
        "一行一项；也可用：包协调、包处理、包息访、保稳定。",
        "包案",
        500,
    ),
    Item("case_silent_days", "包案多少天没有进展为“久无进展”", 15, "int", "自然日，自上次记进展或包案之日起。", "包案"),
    Item(
        "rating_days",
        "满意度评价期限（天）",
        30,
        "int",
        "自然日，自送达或办结之日起；过期未评价的计入参评率的分母。",
        "办后",
    ),
    Item(
        "return_visit_days",
        "办结后第几天回访",
        "30、90",
        "days",
        "自然日，自办结之日起，可以几次，如“30、90”。",
        "办后",
        60,
    ),
    Item("return_visit_scope", "办结后回访", "全部事项", group="办后", choices=("全部事项", "包案事项")),
    Item("return_visit_open_days", "包案期间回访间隔（天）", 30, "int", "自然日，自包案或上次回访之日起。", "办后"),
    Item(
        "reading_least_main",
        "主要领导阅批率最低（%）",
        70,
        "int",
        "本镇来信来访工作制度：主要领导阅批不低于 70%。",
        "阅批",
        most=100,
    ),
    Item(
        "reading_least_other",
        "其他领导阅批率最低（%）",
        100,
        "int",
        "本镇来信来访工作制度：其他领导全部阅批。",
        "阅批",
        most=100,
    ),
    Item("reading_joint_from", "联名信人数", 5, "int", "达到这个人数建议呈领导阅批。", "阅批"),
    Item("setup_skipped", "开办清单已跳过的步骤", "", group=""),
)
BY_KEY = {item.key: item for item in ITEMS}

"""The fields (字段) a paper's template may hold: one table, read by the screen, the check of an upload, the filling and the tests.

A template names a field by its label, {{信访人}}, or its name, {{name}}; labels are identifiers, so no marks or spaces.
"""

from dataclasses import dataclass
from functools import cache

from rules.relief import BRANCH_OF
from rules.words import DocumentKind as D


@dataclass(frozen=True)
class Field:
    """One value a paper can show. `example`: what a test print shows."""

    name: str
    label: str
    example: str


@dataclass(frozen=True)
class Lines:
    """A list a template may repeat a table row for: {%tr for 件 in 卷内文件 %} … {{件.序号}} … {%tr endfor %}."""

    name: str
    label: str
    item: str
    fields: tuple[Field, ...]
    examples: int = 2


F = Field
COMMON: tuple[Field, ...] = (
    F("document_number", "文号", "青信交〔2026〕41号"),
    F("document_title", "文书名称", "交办函"),
    F("issuer", "制发单位", "青石镇信访办"),
    F("issued_on", "制发日期", "2026年11月21日"),
    F("addressee", "送达对象", "城建办"),
    F("office", "信访办名称", "青石镇信访办"),
    F("name", "信访人", "赵丽华等3人"),
    F("number", "信访编号", "XF2026-000123"),
    F("title", "事项概况", "滩涂补偿面积少算"),
    F("demand", "信访诉求", "请求按实测面积补发滩涂补偿款。"),
    F("purpose", "信访目的", "求决"),
    F("channel", "信访方式", "来信"),
    F("registered_on", "登记日期", "2026年11月2日"),
    F("unit", "责任单位", "城建办"),
    F("handler", "承办人", "郑伟"),
)
"""On every paper."""
NOTE = F("note", "说明", "请携带身份证件和相关材料。")
REASON = F("reason", "理由", "该事项已由人民法院判决，不属于信访受理范围。")
TEXT = F("text", "内容", "一、按实测面积 8.2 亩补发补偿款。\n二、于十二月底前发放到户。")
BASIS = F("basis", "依据", "《湖南省征地补偿标准》第六条")
FACTS = F("facts", "查明的事实", "经实地测量，滩涂面积为 8.2 亩，原登记 5.1 亩。")
BODY = F("body", "受理机关", "县自然资源局")
DAYS = F("days", "延长天数", "30")
EXTENSION_REASON = F("reason", "延期理由", "需要会同县局重新测量。")
HELD_ON = F("held_on", "达成日期", "2026年11月18日")
ASKED_ON = F("asked_on", "申请日期", "2026年11月20日")
REQUEST = F("request", "请求和理由", "对面积认定不服，请求复查。")
RESULT = F("result", "结论", "维持原处理意见")
SERVED_AT = F("served_at", "签收时间", "2026年11月21日09时30分")
RELIEF = F("relief", "救济途径", "如不服本处理意见，可以自收到本意见书之日起三十日内请求复查。")
FORM: tuple[Field, ...] = (
    F("contact_number", "登记编号", "LX2026-000456"),
    F("people", "全部信访人", "赵丽华、杨德明"),
    F("phones", "联系电话", "138****0026"),
    F("id_numbers", "证件号码", "430***********001X"),
    F("addresses", "详细地址", "青石镇河东村****"),
    F("people_count", "人数", "3"),
    F("is_first", "初次或重复", "初次"),
    F("level_visited", "走访级别", "本级"),
    F("received_on", "收到日期", "2026年11月2日"),
    F("place", "问题属地", "河东村"),
    F("category", "内容分类", "农村农业/土地征用"),
    F("contact_demand", "反映内容", "来信反映滩涂补偿面积少算，请求重新测量。"),
    F("receptionist", "接待人", "王敏"),
    F("original_at", "原件存放", "2026年第3柜"),
    F("secret", "是否要求保密", "否"),
)

PROCEEDING: tuple[Field, ...] = (
    F("held_at", "时间", "2026年11月18日 09:30"),
    F("place", "地点", "镇政府二楼会议室"),
    F("chair", "主持人", "林海"),
    F("members", "参加人员", "周强（县自然资源局工程师）、郑伟（城建办）"),
    F("recorder", "记录人", "王敏"),
    F("minutes", "经过", "到现场测量滩涂面积，查阅了二〇一九年的补偿底册。"),
    F("outcome", "结论", "属实"),
    F("conclusion", "意见", "滩涂面积应按 8.2 亩认定，差额应予补发。"),
    F("decisions", "议定事项", "补发差额补偿款（城建办，2026年12月20日前）"),
)
"""On the papers of every proceeding."""
PARTIES = F("parties", "当事人", "赵丽华")
DISSENT = F("dissent", "不同意见", "周强：面积应当以国土部门复测为准。")
ASKED = F("asked", "申请情况", "信访人申请，2026年11月5日")

OWN: dict[D, tuple[Field, ...]] = {
    D.VISIT_FORM: FORM,
    D.LETTER_FORM: FORM,
    D.FORWARD: (F("measures", "转送说明", "请先与信访人电话联系。"), F("phoned", "已电话联系", "城建办值班室")),
    D.ASSIGN: (
        F("feedback_on", "反馈期限", "2026年12月20日"),
        F("late_reason", "超期理由", "等待上级规划批复。"),
        F("measures", "办理要求", "实地测量，当面答复。"),
        F("assisting", "协办单位", "河东村"),
    ),
    D.ACCEPT: (F("note", "处理途径", "由本单位调查核实后书面答复。"),),
    D.RETURN: (NOTE,),
    D.REFUSE: (REASON,),
    D.NO_MORE: (REASON,),
    D.GUIDE: (F("body", "有权处理机关", "县人民法院"), F("address", "地址和电话", "建设路8号 0731-1234567"), REASON),
    D.DIVERT: (
        F("procedure", "程序", "诉讼"),
        BODY,
        F("basis", "法律依据", "《民事诉讼法》第一百二十二条"),
        F("due_on", "程序期限", "2026年12月31日"),
    ),
    D.EXTEND_FORM: (F("days", "申请天数", "30"), EXTENSION_REASON, F("due_on", "原届满日期", "2027年1月20日")),
    D.EXTEND: (DAYS, EXTENSION_REASON, F("due_on", "延长后期限", "2027年2月19日")),
    D.INTERVIEW: (
        F("held_at", "谈话时间", "2026年11月18日09时30分"),
        F("place", "谈话地点", "河东村村委会"),
        F("with_whom", "谈话对象", "赵丽华"),
        F("asked_by", "谈话人记录人", "郑伟、周强"),
        F("text", "谈话内容", "问：补偿面积是怎样测量的？\n答：当时没有实地测量。"),
    ),
    D.INVESTIGATION: (FACTS, F("text", "结论和建议", "反映属实，建议按实测面积补发。")),
    D.MEDIATION: (
        F("host", "主持人", "周强"),
        HELD_ON,
        F("text", "协议内容", "一、补发 3 亩补偿款。\n二、双方不再争议。"),
    ),
    D.SETTLEMENT: (HELD_ON, F("text", "协议内容", "双方同意补发 3 亩补偿款。")),
    D.VERIFICATION: (*PROCEEDING, DISSENT),
    D.CONFERENCE: (*PROCEEDING, DISSENT),
    D.HEARING: (*PROCEEDING, PARTIES, DISSENT, ASKED, F("announced_on", "公告日期", "2026年11月8日")),
    D.MEDIATION_RECORD: (*PROCEEDING, PARTIES, F("level", "调解层级", "乡镇（街道）")),
    D.APPRAISAL_RECORD: (*PROCEEDING, PARTIES, DISSENT, ASKED),
    D.REPLY: (
        FACTS,
        BASIS,
        F("opinion", "处理意见", "支持"),
        F("text", "答复内容", "按实测面积 8.2 亩补发补偿款。\n十二月底前发放到户。"),
        F("finding", "查核结论", "属实"),
        F("rectify", "整改内容", "重新测量全村滩涂面积。"),
    ),
    D.SERVICE: (
        F("method", "送达方式", "直接送达"),
        F("receiver", "签收人", "赵丽华"),
        SERVED_AT,
        F("served_paper", "送达文书", "青信复〔2026〕12号处理意见书"),
    ),
    D.REVIEW_REQUEST: (BODY, ASKED_ON, REQUEST),
    D.REVIEW: (RESULT, TEXT, BASIS, SERVED_AT),
    D.RECHECK_REQUEST: (BODY, ASKED_ON, REQUEST),
    D.RECHECK: (RESULT, TEXT, BASIS, SERVED_AT),
    D.SUPERVISE: (
        F("demand_text", "督办要求", "请于期限前当面答复信访人，并报送办理结果。"),
        F("due_on", "回复期限", "2026年12月5日"),
    ),
    D.CLOSE: (
        F("note", "办结说明", "补偿款已发放到户，信访人表示满意。"),
        F("accepted_on", "受理日期", "2026年11月5日"),
        F("replied_on", "答复日期", "2026年11月18日"),
        F("opinion", "处理意见", "支持"),
    ),
    D.DOSSIER: (
        F("shelf", "存放位置", "2026年第3柜12卷"),
        F("closed_on", "办结日期", "2026年11月20日"),
        F("count", "件数", "6"),
    ),
}
"""Fields of one kind alone, beside the common ones; the moves' needs fill most of them by name."""

LISTS: dict[D, tuple[Lines, ...]] = {
    D.DOSSIER: (
        Lines(
            "papers",
            "卷内文件",
            "件",
            (
                F("order", "序号", "1"),
                F("number", "文号", "青信交〔2026〕41号"),
                F("by", "责任者", "青石镇信访办"),
                F("title", "题名", "交办函"),
                F("day", "日期", "2026-11-03"),
                F("pages", "页数", "2"),
            ),
        ),
    ),
}


@cache
def fields_of(kind: D) -> tuple[Field, ...]:
    """Every field a template of this kind may hold; a kind's own field hides a common one of the same name."""
    own = OWN[kind] + ((RELIEF,) if kind in BRANCH_OF else ())
    names = {field.name for field in own} | {field.label for field in own}
    return (*(field for field in COMMON if not names & {field.name, field.label}), *own)


def lists_of(kind: D) -> tuple[Lines, ...]:
    """The lists a template of this kind may repeat."""
    return LISTS.get(kind, ())


def examples(kind: D) -> dict[str, object]:
    """Values for a test print, by name: each field's example, each list's lines."""
    found: dict[str, object] = {field.name: field.example for field in fields_of(kind)}
    found["document_title"] = kind.label
    for lines in lists_of(kind):
        found[lines.name] = [{f.name: f.example for f in lines.fields} for _ in range(lines.examples)]
    return found

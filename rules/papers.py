"""What each shipped paper (文书) says: its layout and its text with fields in {braces}; scripts/paper_templates writes the docx.

The office replaces any of them in Word (services/paper_templates). Fields: rules/paper_fields.
"""

from rules.words import DocumentKind as D

TO_UNITS = frozenset({D.FORWARD, D.ASSIGN, D.RETURN, D.SUPERVISE})
"""Papers addressed to a unit, with the red head; the others go to the petitioner or stay in the file."""
FORMS_OF_THE_OFFICE = frozenset({D.VISIT_FORM, D.LETTER_FORM})
OF_THE_OFFICE = TO_UNITS | FORMS_OF_THE_OFFICE | {D.DOSSIER, D.REVIEW_REQUEST, D.RECHECK_REQUEST}
"""Papers the office signs; the others are the responsible unit's."""
UNSEALED = frozenset(
    {
        D.INTERVIEW,
        D.REVIEW_REQUEST,
        D.RECHECK_REQUEST,
        D.MEDIATION,
        D.SETTLEMENT,
        D.DOSSIER,
        D.SERVICE,
        D.HEARING,
        D.MEDIATION_RECORD,
        D.APPRAISAL_RECORD,
    }
)
"""Papers without the issuer's name and date at the end."""

MATTER = "{name}反映“{title}”的信访事项（编号 {number}）"
YOURS = "你反映的“{title}”事项（编号 {number}）"

PAPERS: dict[D, tuple[str, ...]] = {
    D.FORWARD: (
        "{unit}：",
        f"现将{MATTER}转送你单位。请按照《信访工作条例》第二十二条、第二十三条的规定，自收到之日起十五日内决定是否受理，"
        "并书面告知信访人。属于你单位职责范围的，应当在规定期限内办结；不属于的，请自收到之日起五个工作日内提出异议并说明理由。",
        "{measures}",
    ),
    D.ASSIGN: (
        "{unit}：",
        f"现将{MATTER}交你单位办理。请自收到之日起十五日内决定是否受理并书面告知信访人，"
        "于{feedback_on}前反馈办理结果，并提交办结报告。",
        "办理要求：{measures}",
        "协办单位：{assisting}",
    ),
    D.ACCEPT: (
        "{name}：",
        YOURS + "已收悉。经审查，属于本单位职责范围，根据《信访工作条例》第二十三条的规定，决定予以受理。",
        "本单位将自受理之日起六十日内办结；情况复杂的，经批准可以适当延长，延长期限不超过三十日，并告知延长理由。",
        "{note}",
    ),
    D.REFUSE: ("{name}：", YOURS + "已收悉。经审查，决定不予受理。理由如下：", "{reason}", "{relief}"),
    D.RETURN: (
        "{addressee}：",
        f"你单位对{MATTER}提出的异议已收悉，经审核同意退回，由本办另行转送、交办。",
        "{note}",
    ),
    D.NO_MORE: ("{name}：", YOURS + "已收悉。经审查，决定不再受理。理由如下：", "{reason}", "{relief}"),
    D.GUIDE: (
        "{name}：",
        YOURS + "，应当向有权处理的机关、单位提出：",
        "机关、单位：{body}",
        "地址和联系电话：{address}",
        "理由：{reason}",
        "{relief}",
    ),
    D.DIVERT: (
        "{name}：",
        YOURS + "已收悉。根据《信访工作条例》第三十一条的规定，该事项应当通过{procedure}程序处理。",
        "受理机关：{body}",
        "法律依据：{basis}",
        "办理期限按该程序的规定执行（{due_on}前）。",
        "{relief}",
    ),
    D.EXTEND: (
        "{name}：",
        YOURS + "因情况复杂，不能在规定期限内办结。根据《信访工作条例》第三十四条的规定，"
        "决定延长办理期限{days}日，至{due_on}。延期理由：",
        "{reason}",
        "{relief}",
    ),
    D.REPLY: (
        "{name}：",
        YOURS + "，本单位已调查处理完毕，现答复如下：",
        "一、信访诉求：{demand}",
        "二、查明的事实：{facts}",
        "三、处理意见：{opinion}。{text}",
        "四、依据：{basis}",
        "{relief}",
    ),
    D.INVESTIGATION: (
        f"关于{MATTER}的调查报告如下：",
        "一、信访诉求：{demand}",
        "二、调查的事实：{facts}",
        "三、结论和建议：{text}",
    ),
    D.MEDIATION: (
        f"信访事项：{MATTER}",
        "主持人：{host}",
        "根据《信访工作条例》第三十三条，经调解，各方于{held_on}自愿达成如下协议：",
        "{text}",
        "各方签名：",
    ),
    D.SETTLEMENT: (
        f"信访事项：{MATTER}",
        "根据《信访工作条例》第三十三条，双方于{held_on}自愿达成如下和解协议：",
        "{text}",
        "双方签名：",
    ),
    D.REVIEW_REQUEST: (
        "{body}：",
        "申请人{name}不服“{title}”信访事项（编号 {number}）的处理意见，于{asked_on}申请复查。",
        "请求和理由：{request}",
        "申请人签名：",
    ),
    D.REVIEW: (
        "{name}：",
        "你对“{title}”信访事项（编号 {number}）处理意见提出的复查申请，已经复查，意见如下：",
        "{result}。",
        "{text}",
        "依据：{basis}",
        "{relief}",
    ),
    D.RECHECK_REQUEST: (
        "{body}：",
        "申请人{name}不服“{title}”信访事项（编号 {number}）的复查意见，于{asked_on}申请复核。",
        "请求和理由：{request}",
        "申请人签名：",
    ),
    D.RECHECK: (
        "{name}：",
        "你对“{title}”信访事项（编号 {number}）复查意见提出的复核申请，已经复核，意见如下：",
        "{result}。",
        "{text}",
        "依据：{basis}",
        "{relief}",
    ),
    D.SUPERVISE: (
        "{addressee}：",
        f"{MATTER}，现予督办，要求如下：",
        "{demand_text}",
        "请于{due_on}前书面回复办理情况。",
    ),
    D.CLOSE: (
        f"{MATTER}已办结，现报告如下：",
        "信访诉求：{demand}",
        "受理日期：{accepted_on}",
        "答复日期：{replied_on}",
        "处理意见：{opinion}",
        "{note}",
    ),
}
"""DocumentKind → paragraphs. A paragraph of one field alone, perhaps after a word and a colon, is left out when it is empty."""

_MATTER_ROWS = (("信访事项", "{title}"), ("编号", "{number}"))
_REGISTRATION: tuple[tuple[tuple[str, str], ...], ...] = (
    (("姓名", "{people}"), ("联系电话", "{phones}")),
    (("证件号码", "{id_numbers}"), ("详细地址", "{addresses}")),
    (("信访方式", "{channel}"), ("人数", "{people_count}")),
    (("初次/重复", "{is_first}"), ("走访级别", "{level_visited}")),
    (("收到日期", "{received_on}"), ("信访目的", "{purpose}")),
    (("问题属地", "{place}"), ("内容分类", "{category}")),
    (("信访编号", "{number}"), ("要求保密", "{secret}")),
    (("反映内容", "{contact_demand}"),),
    (("拟办意见", ""),),
)
_ABOUT = (("信访事项", "{name}反映“{title}”（编号 {number}）"),)
FORMS: dict[D, tuple[tuple[tuple[str, str], ...], ...]] = {
    D.VISIT_FORM: (*_REGISTRATION, (("接待人", "{receptionist}"), ("信访人签字", ""))),
    D.LETTER_FORM: (*_REGISTRATION, (("登记人", "{receptionist}"), ("原件存放", "{original_at}"))),
    D.EXTEND_FORM: (
        _MATTER_ROWS,
        (("信访人", "{name}"), ("承办人", "{handler}")),
        (("原届满日期", "{due_on}"), ("申请延长", "{days}日")),
        (("延期理由", "{reason}"),),
        (("单位负责人审批意见", ""),),
    ),
    D.INTERVIEW: (
        (("信访事项", "{name}反映“{title}”（编号 {number}）"),),
        (("谈话时间", "{held_at}"), ("谈话地点", "{place}")),
        (("谈话对象", "{with_whom}"), ("谈话人、记录人", "{asked_by}")),
        (("谈话内容", "{text}"),),
        (("谈话对象确认", "以上笔录我已看过（向我宣读过），与我所说的相符。\n签名：\n日期："),),
    ),
    D.VERIFICATION: (
        _ABOUT,
        (("核查时间", "{held_at}"), ("核查地点", "{place}")),
        (("核查负责人", "{chair}"), ("记录人", "{recorder}")),
        (("核查人员", "{members}"),),
        (("核查经过和查明的事实", "{minutes}"),),
        (("核查结论（多数意见）", "{outcome}。{conclusion}"),),
        (("不同意见", "{dissent}"),),
        (("议定事项", "{decisions}"),),
        (("核查人员签名", ""),),
    ),
    D.CONFERENCE: (
        _ABOUT,
        (("会商时间", "{held_at}"), ("会商地点", "{place}")),
        (("会商主持", "{chair}"), ("记录人", "{recorder}")),
        (("会商人员", "{members}"),),
        (("会商记录", "{minutes}"),),
        (("会商意见", "{outcome}。{conclusion}"),),
        (("不同意见", "{dissent}"),),
        (("议定事项", "{decisions}"),),
    ),
    D.HEARING: (
        _ABOUT,
        (("听证时间", "{held_at}"), ("听证地点", "{place}")),
        (("提出", "{asked}"), ("公告日期", "{announced_on}")),
        (("听证主持人", "{chair}"), ("记录人", "{recorder}")),
        (("听证员", "{members}"),),
        (("当事人", "{parties}"),),
        (("听证笔录", "{minutes}"),),
        (("听证意见", "{outcome}。{conclusion}"),),
        (("不同意见", "{dissent}"),),
        (("议定事项", "{decisions}"),),
        (("当事人、听证员签名", ""),),
    ),
    D.MEDIATION_RECORD: (
        _ABOUT,
        (("调解时间", "{held_at}"), ("调解地点", "{place}")),
        (("调解层级", "{level}"), ("记录人", "{recorder}")),
        (("调解员", "{chair}"), ("参加人员", "{members}")),
        (("当事人", "{parties}"),),
        (("调解经过", "{minutes}"),),
        (("调解结果", "{outcome}。{conclusion}"),),
        (("议定事项", "{decisions}"),),
        (("当事人、调解员签名", ""),),
    ),
    D.APPRAISAL_RECORD: (
        _ABOUT,
        (("评议时间", "{held_at}"), ("评议地点", "{place}")),
        (("书面申请", "{asked}"), ("记录人", "{recorder}")),
        (("评议主持", "{chair}"), ("当事人", "{parties}")),
        (("评议员", "{members}"),),
        (("评议经过", "{minutes}"),),
        (("评议意见", "{outcome}。{conclusion}"),),
        (("不同意见", "{dissent}"),),
        (("议定事项", "{decisions}"),),
    ),
    D.SERVICE: (
        (("送达文书", "{served_paper}"),),
        (("信访事项", "{title}（编号 {number}）"),),
        (("受送达人", "{name}"), ("送达方式", "{method}")),
        (("签收人", "{receiver}"), ("签收时间", "{served_at}")),
        (("送达单位", "{issuer}"), ("送达人", "{handler}")),
        (("备注", ""),),
    ),
    D.DOSSIER: (
        (("案卷题名", "{name}反映{title}"), ("信访编号", "{number}")),
        (("存放位置", "{shelf}"), ("办结日期", "{closed_on}")),
    ),
}
"""Kinds that are forms: rows of one or two pairs of a word and its value."""
LINES: dict[D, tuple[str, ...]] = {D.DOSSIER: ("order", "number", "by", "title", "day", "pages")}
"""Kinds with a table that repeats: the columns, by name of the list's fields (rules/paper_fields.LISTS)."""

"""What each paper (文书) says: its title and paragraphs with fields in {braces}, filled when it is issued.

Fields: name (petitioner), number (matter), title, demand, unit, office, date, and the fields of the move that issues it.
"""

from rules.words import DocumentKind as D

TO_UNITS = frozenset({D.FORWARD, D.ASSIGN, D.RETURN, D.SUPERVISE})
"""Papers addressed to a unit; the others go to the petitioner."""
OF_THE_OFFICE = TO_UNITS | {D.DOSSIER, D.REVIEW_REQUEST, D.RECHECK_REQUEST}
"""Papers the office signs; the others are the responsible unit's."""

PAPERS: dict[D, tuple[str, ...]] = {
    D.FORWARD: (
        "{unit}：",
        "现将{name}反映“{title}”的信访事项（编号 {number}）转送你单位。"
        "请按照《信访工作条例》第二十二条、第二十三条的规定，自收到之日起十五日内决定是否受理，"
        "并书面告知信访人。",
        "{measures}",
    ),
    D.ASSIGN: (
        "{unit}：",
        "现将{name}反映“{title}”的信访事项（编号 {number}）交你单位办理。"
        "请自收到之日起十五日内决定是否受理并书面告知信访人，于 {feedback_on} 前反馈办理结果，"
        "并提交办结报告。",
        "办理要求：{measures}",
    ),
    D.ACCEPT: (
        "{name}：",
        "你反映的“{title}”事项（编号 {number}）已收悉。经审查，属于本单位职责范围，根据《信访工作条例》第二十三条的规定，决定予以受理。",
        "本单位将自受理之日起六十日内办结；情况复杂的，经批准可以适当延长，延长期限不超过三十日，并告知延长理由。",
        "{note}",
    ),
    D.REFUSE: (
        "{name}：",
        "你反映的“{title}”事项（编号 {number}）已收悉。经审查，决定不予受理。理由如下：",
        "{reason}",
    ),
    D.RETURN: (
        "{addressee}：",
        "你单位对{name}反映“{title}”的信访事项（编号 {number}）提出的异议已收悉，经审核同意退回，由本办另行转送、交办。",
        "{note}",
    ),
    D.NO_MORE: (
        "{name}：",
        "你反映的“{title}”事项（编号 {number}）已收悉。经审查，决定不再受理。理由如下：",
        "{reason}",
    ),
    D.GUIDE: (
        "{name}：",
        "你反映的“{title}”事项（编号 {number}），应当向有权处理的机关、单位提出：",
        "机关、单位：{body}",
        "地址和联系电话：{address}",
        "理由：{reason}",
    ),
    D.DIVERT: (
        "{name}：",
        "你反映的“{title}”事项（编号 {number}）已收悉。根据《信访工作条例》第三十一条的规定，该事项应当通过{procedure}程序处理。",
        "受理机关：{body}",
        "法律依据：{basis}",
        "办理期限按该程序的规定执行（{due_on} 前）。",
    ),
    D.EXTEND_FORM: (
        "信访事项：{name}反映“{title}”（编号 {number}）",
        "申请延长：{days} 日",
        "延期理由：{reason}",
        "单位负责人审批意见：",
    ),
    D.EXTEND: (
        "{name}：",
        "你反映的“{title}”事项（编号 {number}）因情况复杂，不能在规定期限内办结。"
        "根据《信访工作条例》第三十四条的规定，决定延长办理期限 {days} 日。延期理由：",
        "{reason}",
    ),
    D.REPLY: (
        "{name}：",
        "你反映的“{title}”事项（编号 {number}），本单位已调查处理完毕，现答复如下：",
        "一、信访诉求：{demand}",
        "二、查明的事实：{facts}",
        "三、处理意见：{opinion}。{text}",
        "四、依据：{basis}",
        "如不服本处理意见，可以自收到之日起三十日内请求原办理机关、单位的上一级机关、单位复查。"
        "期满不请求复查的，不再受理同一事实和理由的投诉请求。",
    ),
    D.INTERVIEW: (
        "信访事项：{name}反映“{title}”（编号 {number}）",
        "谈话时间：{held_at}",
        "谈话地点：{place}",
        "谈话对象：{with_whom}",
        "谈话人、记录人：{asked_by}",
        "{text}",
        "以上笔录我已看过（向我宣读过），与我所说的相符。谈话对象签名：",
    ),
    D.INVESTIGATION: (
        "关于{name}反映“{title}”信访事项（编号 {number}）的调查报告",
        "一、信访诉求：{demand}",
        "二、调查的事实：{facts}",
        "三、结论和建议：{text}",
    ),
    D.MEDIATION: (
        "信访事项：{name}反映“{title}”（编号 {number}）",
        "主持人：{host}",
        "根据《信访工作条例》第三十三条，经调解，各方于 {held_on} 自愿达成如下协议：",
        "{text}",
        "各方签名：",
    ),
    D.SETTLEMENT: (
        "信访事项：{name}反映“{title}”（编号 {number}）",
        "根据《信访工作条例》第三十三条，双方于 {held_on} 自愿达成如下和解协议：",
        "{text}",
        "双方签名：",
    ),
    D.REVIEW_REQUEST: (
        "{body}：",
        "申请人{name}不服“{title}”信访事项（编号 {number}）的处理意见，于 {asked_on} 申请复查。",
        "请求和理由：{request}",
        "申请人签名：",
    ),
    D.REVIEW: (
        "{name}：",
        "你对“{title}”信访事项（编号 {number}）处理意见提出的复查申请，已经复查，意见如下：",
        "{result}",
        "{text}",
        "依据：{basis}",
        "如不服本复查意见，可以自收到之日起三十日内向复查机关、单位的上一级机关、单位请求复核。",
    ),
    D.RECHECK_REQUEST: (
        "{body}：",
        "申请人{name}不服“{title}”信访事项（编号 {number}）的复查意见，于 {asked_on} 申请复核。",
        "请求和理由：{request}",
        "申请人签名：",
    ),
    D.RECHECK: (
        "{name}：",
        "你对“{title}”信访事项（编号 {number}）复查意见提出的复核申请，已经复核，意见如下：",
        "{result}",
        "{text}",
        "依据：{basis}",
        "本意见为信访终结意见。对复核意见不服，仍以同一事实和理由提出投诉请求的，不再受理。",
    ),
    D.SUPERVISE: (
        "{unit}：",
        "{name}反映“{title}”的信访事项（编号 {number}），现予督办：",
        "{demand_text}",
        "请于 {due_on} 前书面回复办理情况。",
    ),
    D.SERVICE: (
        "送达文书：{title}处理意见书（信访事项编号 {number}）",
        "受送达人：{name}",
        "送达方式：{method}",
        "签收人：{receiver}",
        "签收时间：{served_at}",
    ),
    D.CLOSE: (
        "{name}反映的“{title}”信访事项（编号 {number}）已办结，现报告如下：",
        "{note}",
    ),
    D.DOSSIER: (
        "信访事项编号：{number}",
        "案卷题名：{name}反映{title}",
        "存放位置：{shelf}",
    ),
}
"""DocumentKind → paragraphs. The registration forms are printed from the contact itself, not issued here."""

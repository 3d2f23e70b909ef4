"""What each paper (文书) says: its title and paragraphs with fields in {braces}, filled when it is issued.

Fields: name (petitioner), number (matter), title, demand, unit, office, date, and the fields of the move that issues it.
"""

from rules.words import DocumentKind as D

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

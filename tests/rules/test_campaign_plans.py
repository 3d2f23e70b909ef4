"""S2's plans as shipped templates, fact by fact, each with the words of the source it stands on (G1, G3–G5, H1, H2, H5)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules import campaigns as rules
from rules.campaign_templates import BY_KEY
from rules.words import GroupRole

SOURCE = Path(__file__).parents[3] / "shared" / "source" / "S2-积案化解方案.txt"
START = date(2026, 1, 1)
PLANS = {"S2a": "year", "S2b": "assigned", "S2c": "three_stages", "S2d": "strike_off"}

Fact = tuple[str, str, Any, str]
FACTS: list[Fact] = [
    # plan · what of it · what it is · the source's words
    ("S2a", "name", "2026年信访积案化解年", "开展“信访积案化解年”活动"),
    ("S2a", "report_to", "区联席办", "同时,向区联席办提出意见"),
    ("S2a", "milestone 1 day", (6, 10), "(一)6月10日前,报送《实施方案》贯彻落实情况和有关工作方案"),
    ("S2a", "milestone 1 part 1", "传达部署情况", "内容包括:传达部署情况、制定的实施方案情况"),
    ("S2a", "milestone 1 part 2", "实施方案", "制定的实施方案情况"),
    ("S2a", "milestone 1 part 3", "工作方法和步骤", "确定的工作方法和步骤以及积案化解台帐"),
    ("S2a", "milestone 1 part 4", "积案化解台账", "以及积案化解台帐"),
    ("S2a", "milestone 1 part 5", "上级交办案件领导包查和办结情况", "省、市、区交办案件领导包查和办结情况"),
    ("S2a", "milestone 2 day", (7, 10), "(二)7月10日前,报送工作进展情况"),
    ("S2a", "milestone 2 part 1", "排查情况", "辖区、部门排查情况"),
    ("S2a", "milestone 2 part 2", "领导包案、包查情况", "领导包案、包查情况"),
    ("S2a", "milestone 2 part 3", "解决和化解情况", "解决和化解信访案件情况"),
    ("S2a", "milestone 2 part 4", "采取的措施", "采取的工作措施"),
    ("S2a", "milestone 2 part 5", "好的经验和做法", "好的经验和做法等"),
    ("S2a", "milestone 2 part 6", "排查登记表", "并提供排查登记表"),
    ("S2a", "milestone 2 part 7", "未解决案件的具体措施", "未解决案件的具体稳控措施"),
    ("S2a", "milestone 3 day", (8, 20), "(三)8月20日,报送解决和化解案件情况"),
    ("S2a", "milestone 3 part 1", "积案化解进展情况", "积案化解进展情况"),
    ("S2a", "milestone 3 part 2", "存在问题", "存在问题,有无建议和经验等"),
    ("S2a", "milestone 3 part 3", "建议和经验", "有无建议和经验等"),
    ("S2a", "milestone 3 part 4", "书面材料", "并上报书面材料"),
    ("S2a", "milestone 4 day", (11, 1), "(四)11月1日前,上报活动总结材料"),
    ("S2a", "milestones", 4, "分4次向区联席会办公室报送"),
    ("S2a", "duty 1", "包掌握情况", "亲自落实包掌握情况、包思想转化、包解决化解、包息诉罢访的“四包”责任制"),
    ("S2a", "duty 2", "包思想转化", "包思想转化"),
    ("S2a", "duty 3", "包解决化解", "包解决化解"),
    ("S2a", "duty 4", "包息诉罢访", "包息诉罢访"),
    ("S2a", "duties", 4, "“四包”责任制"),
    ("S2a", "choice 诉求性质 1", "政策有明确规定", "对法律法规和政策有明确规定的,要一次解决到位"),
    ("S2a", "choice 诉求性质 2", "合理但要求过高", "对诉求合理,但坚持过高要求的"),
    ("S2a", "choice 诉求性质 3", "不合理但生活困难", "对信访人诉求不合理,但生活确有困难的"),
    ("S2a", "choice 诉求性质 4", "合理与不合理交织", "对合理诉求与不合理诉求交织的信访积案"),
    ("S2a", "choice 诉求性质 5", "无理", "对坚持无理诉求"),
    ("S2a", "choice 化解方式 1", "一次解决到位", "要一次解决到位,不留尾巴"),
    ("S2a", "choice 化解方式 4", "公开听证", "采取联合接访、公开听证等办法予以甄别"),
    ("S2a", "scheme 1", "土地征用", "涉及土地征用、"),
    ("S2a", "scheme 2", "房屋拆迁", "、房屋拆迁、"),
    ("S2a", "scheme 3", "企业改制", "、企业改制、"),
    ("S2a", "scheme 4", "涉法涉诉", "、涉法涉诉、"),
    ("S2a", "scheme 5", "劳动保障", "、劳动保障、"),
    ("S2a", "scheme 6", "环境保护", "、环境保护、"),
    ("S2a", "scheme 7", "教育卫生", "、教育卫生、"),
    ("S2a", "scheme 8", "涉军稳定", "、涉军稳定、"),
    ("S2a", "scheme 9", "居民小区物业管理", "、居民小区物业管理、"),
    ("S2a", "scheme 10", "三农", "“三农”等方面的疑难复杂信访问题"),
    ("S2a", "closing point 1", "核查结果形成书面报告，不同意见记录在案", "核查结果要形成书面报告,并经参与核查人员多数同意"),
    ("S2a", "closing point 3", "已回访", "对经过做工作息诉罢访的,要定期回访"),
    ("S2b", "phases", 3, "“信访积案化解年”活动分三个阶段进行"),
    ("S2b", "phase 1", "认定交办", "(一)认定交办阶段"),
    ("S2b", "phase 2", "处理化解", "(二)处理化解阶段"),
    ("S2b", "phase 3", "审理结案", "(三)审理结案阶段"),
    ("S2b", "closing points", 6, "按照案件上报材料的“六有”标准"),
    ("S2b", "closing point 1", "基本案情材料", "即有基本案情材料"),
    ("S2b", "closing point 2", "交办案件台账及交办函", "交办案件台帐及交办函"),
    ("S2b", "closing point 3", "确定包案领导和责任人的文件或纪要", "确定包案领导和责任人的文件或纪要"),
    ("S2b", "closing point 4", "包案领导签字的查办报告及相关材料", "包案领导签字的查办报告及相关材料"),
    ("S2b", "closing point 5", "答复信访人的书面材料和回访材料", "答复信访人的书面材料和回访材料"),
    ("S2b", "closing point 6", "目前采取的稳控措施", "目前采取的稳控措施等"),
    ("S2b", "column", "统一答复口径", "对已有复查复核意见的信访积案,要建档造册,逐级上报"),
    ("S2b", "column", "见面日期", "与信访人见面一次"),
    ("S2b", "target_closed", 100, "实现县交办的信访积案xxx%办结"),
    ("S2b", "report_to", "县联席办", "对积案化解工作进度向县联席办、信访局定期报告"),
    ("S2c", "months", 6, "集中开展为期6个月(20xx年12月-20xx年5月)的信访积案化解工作"),
    ("S2c", "phases", 3, "化解工作分为动员部署、排查摸底、集中化解3个阶段"),
    ("S2c", "phase 1", "动员部署", "(一)动员部署阶段"),
    ("S2c", "phase 2", "排查摸底", "(二)排查摸底阶段"),
    ("S2c", "phase 3", "集中化解", "(三)集中化解阶段"),
    ("S2c", "scope years", 5, "针对5年以来所办理的来信、来访"),
    ("S2c", "scheme 1", "组织人事问题类", "按照“组织人事问题类、民生问题类、其它遗留问题类”进行分类登记造册"),
    ("S2c", "scheme 2", "民生问题类", "按照先组织人事类,次民生问题类,再历史遗留问题类的顺序"),
    ("S2c", "scheme 3", "历史遗留问题类", "再历史遗留问题类的顺序"),
    ("S2c", "scheme 4", "其它遗留问题类", "其它遗留问题类"),
    ("S2c", "report_day", 20, "于每月20日前将当月信访积案化解情况反馈镇党建办"),
    ("S2c", "report_to", "镇党建办", "反馈镇党建办"),
    ("S2c", "closing point 1", "回访记录", "结案案件要有上访人的息诉罢访保证书,回访记录,承办人、包案领导、一把手签字"),
    ("S2c", "closing point 2", "承办人签字", "承办人、包案领导、一把手签字"),
    ("S2c", "closing point 3", "包案领导签字", "承办人、包案领导、一把手签字"),
    ("S2c", "closing point 4", "一把手签字", "一把手签字,确保化解质量"),
    ("S2c", "duty 1", "领导包案、一案一策", "实行“领导包案,一案一策”制"),
    ("S2c", "choice 五步工作法 1", "分层分级再调解", "一是分层分级再调解"),
    ("S2c", "choice 五步工作法 2", "真情关爱多帮助", "二是真情关爱多帮助"),
    ("S2c", "choice 五步工作法 3", "司法维权强支撑", "三是司法维权强支撑"),
    ("S2c", "choice 五步工作法 4", "公开评议正舆论", "四是公开评议正舆论"),
    ("S2c", "group head", "镇党委书记", "由镇党委书记x任组长"),
    ("S2d", "strike_months", 6, "实行信访积案包案领导半年销号工程"),
    ("S2d", "target_per_leader", 2, "争取每名区级党政领导在年内化解2个信访积案"),
    ("S2d", "duties", 4, "包案领导对积案化解工作亲自部署、协调、推动、督办,一抓到底"),
    ("S2d", "column", "每月一议日期", "采取“每月一议”的模式"),
    ("S2d", "column", "带案下访", "对重点信访积案实施包案领导带案下访"),
    ("S2d", "closing points", 5, "针对督查督办工作中发现的问题"),
    ("S2d", "closing point 1", "办理情况报告按模板行文", "部分责任单位的办理情况报告没有按照模板行文"),
    ("S2d", "closing point 2", "写明处理意见落实情况", "缺少处理意见落实情况"),
    ("S2d", "closing point 3", "写明息访协议条款落实情况（没有协议的写明没有）", "缺少息访协议中的条款落实情况"),
    ("S2d", "closing point 4", "包案领导责任落实并签字", "缺少包案领导责任落实情况和签字"),
    ("S2d", "closing point 5", "送达回证标明送达时间", "部分责任单位送达回证中没有标明送达时间"),
]  # fmt: skip


def found(key: str, asked: str) -> Any:
    """What the shipped template says of one thing."""
    draft, template = rules.draft(key, START), BY_KEY[key]
    match asked.split():
        case ["milestone", nth, "day"]:
            day = draft["milestones"][int(nth) - 1]["due_on"]
            return day.month, day.day
        case ["milestone", nth, "part", part]:
            return rules.parts_of(draft["milestones"][int(nth) - 1]["contents"])[int(part) - 1]
        case ["choice", label, nth]:
            return next(one["choices"] for one in draft["columns"] if one["label"] == label)[int(nth) - 1]
        case ["column"]:
            return [one["label"] for one in draft["columns"]]
        case ["scope", name]:
            return draft["scope"][name]
        case ["group", "head"]:
            return next(one["post"] for one in draft["members"] if one["role"] is GroupRole.HEAD)
        case ["months"]:
            return template.months
        case ["phase", nth]:
            return draft["phases"][int(nth) - 1]["name"]
        case [("duty" | "scheme") as one, nth]:
            return draft[{"duty": "duties", "scheme": "schemes"}[one]][int(nth) - 1]
        case ["closing", "point", nth]:
            return draft["closing_points"][int(nth) - 1]
        case ["closing", "points"]:
            return len(draft["closing_points"])
    value = draft[asked]
    return len(value) if isinstance(value, list) else value


@pytest.mark.parametrize(("plan", "asked", "said", "words"), FACTS)
def test_the_template_says_what_its_source_says(plan: str, asked: str, said: Any, words: str) -> None:
    value = found(PLANS[plan], asked)
    assert said in value if asked == "column" else value == said
    assert BY_KEY[PLANS[plan]].source.startswith(plan)


def test_every_fact_is_cited_in_the_sources_own_words() -> None:
    if not SOURCE.exists():
        pytest.skip("../shared/source is not here")
    text = SOURCE.read_text(encoding="utf-8")
    assert [words for _plan, _asked, _said, words in FACTS if words not in text] == []


def test_nothing_of_what_the_office_leaves_out_is_in_a_template() -> None:
    """rules-of-the-office §8: no pledge to close, no police, no rewards, no exposure."""
    everything = str([rules.draft(key, START) for key in BY_KEY])
    for word in ("保证书", "打击", "奖励", "曝光", "非正常访", "重点人员"):
        assert word not in everything

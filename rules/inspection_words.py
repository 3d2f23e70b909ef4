"""The words of inspection (案卷检查、初审、案件评查): what may be wrong with a file, how heavy it is, how a review ended."""

from rules.words import Word


class Weight(Word):
    """How heavy a fault is: HARD stops the signing, FAULT is to be mended, HINT is to be looked at."""

    HARD = "hard", "不得签字"
    FAULT = "fault", "应补正"
    HINT = "hint", "提示"


class Fault(Word):
    """What inspectors find in a file (H5)."""

    ACCUSED = "accused", "被反映单位（人）承办"
    RESPONDENT = "respondent", "由被反映单位承办"
    PARTIAL = "partial", "被反映人承办或包案"
    RECUSED = "recused", "回避后仍在承办"
    DATES = "dates", "日期先后不合理"
    FUTURE = "future", "日期晚于今天"
    SERVICE_DATE = "service_date", "送达没有日期"
    NO_REPLY = "no_reply", "没有处理意见书"
    NO_REPORT = "no_report", "没有查办报告"
    REPORT_PART = "report_part", "查办报告缺少部分"
    NOT_EXECUTED = "not_executed", "处理意见没有落实"
    AGREEMENT = "agreement", "协议条款没有落实"
    LEADER_PART = "leader_part", "包案领导责任没有记录"
    SIGNATURE = "signature", "签字不全"
    CHANGED = "changed", "签字后内容有改动"
    VISIT = "visit", "没有回访"
    ITEMS = "items", "结案清单不全"
    MEANS = "means", "缺少办理方式要求的材料"


class FirstResult(Word):
    """How the office's first review (初审) ended."""

    PASSED = "passed", "初审通过"
    RETURNED = "returned", "退回补正"


class DrawMethod(Word):
    """How the files of a case review (案件评查) were chosen."""

    RANDOM = "random", "随机抽取"
    PICKED = "picked", "指定"


class ReviewResult(Word):
    """How a case review judged a file."""

    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"

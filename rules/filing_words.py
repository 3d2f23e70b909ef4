"""The words of letters filed without handling and of their destruction (A5, A6, rules-of-the-office §8)."""

from rules.words import Word


class FilingAnswer(Word):
    """What the office head says to a proposed filing."""

    APPROVED = "approved", "已批准"
    REFUSED = "refused", "不同意"


class DestructionState(Word):
    """Where a destruction list (销毁清单) stands."""

    PROPOSED = "proposed", "待批准"
    APPROVED = "approved", "待销毁"
    REFUSED = "refused", "不予批准"
    DONE = "done", "已销毁"


class DestructionWay(Word):
    """How paper is destroyed."""

    SHREDDED = "shredded", "粉碎"
    PULPED = "pulped", "送造纸厂化浆"
    BURNT = "burnt", "焚烧"

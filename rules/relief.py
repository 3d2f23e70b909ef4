"""The ends of a matter's way of which a paper tells what the petitioner may do next (救济途径); the texts are rules/relief_texts."""

from rules.words import DocumentKind as D
from rules.words import Word


class Branch(Word):
    """The end of a matter's way that a paper tells of."""

    REPLY = "reply", "处理意见"
    REVIEW = "review", "复查意见"
    RECHECK = "recheck", "复核意见"
    REFUSE = "refuse", "不予受理"
    NO_MORE = "no_more", "不再受理"
    GUIDE = "guide", "引导告知"
    DIVERT = "divert", "导入其他法定程序"
    EXTEND = "extend", "延期办理"


BRANCH_OF: dict[D, Branch] = {
    D.REPLY: Branch.REPLY,
    D.REVIEW: Branch.REVIEW,
    D.RECHECK: Branch.RECHECK,
    D.REFUSE: Branch.REFUSE,
    D.NO_MORE: Branch.NO_MORE,
    D.GUIDE: Branch.GUIDE,
    D.DIVERT: Branch.DIVERT,
    D.EXTEND: Branch.EXTEND,
}
"""Paper → the branch whose text stands on it."""

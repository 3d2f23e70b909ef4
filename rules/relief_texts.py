"""The shipped relief texts (救济途径), printed on papers; `flask init` makes them dated rows the office edits."""

from dataclasses import dataclass
from datetime import date

from rules.relief import Branch

IN_FORCE = date(2022, 5, 1)
"""《信访工作条例》 in force."""


@dataclass(frozen=True)
class Relief:
    """One shipped row."""

    branch: Branch
    text: str
    source: str


SHIPPED: tuple[Relief, ...] = (
    Relief(
        Branch.REPLY,
        "如不服本处理意见，可以自收到本意见书之日起三十日内请求原办理机关、单位的上一级机关、单位复查。"
        "期满不请求复查，仍以同一事实和理由提出投诉请求的，各级党委和政府信访部门和其他机关、单位不再受理。",
        "《信访工作条例》第三十五条",
    ),
    Relief(
        Branch.REVIEW,
        "如不服本复查意见，可以自收到本意见书之日起三十日内向复查机关、单位的上一级机关、单位请求复核。",
        "《信访工作条例》第三十六条",
    ),
    Relief(
        Branch.RECHECK,
        "本意见为信访终结意见。对本复核意见不服，仍以同一事实和理由提出投诉请求的，"
        "各级党委和政府信访部门和其他机关、单位不再受理。",
        "《信访工作条例》第三十六条",
    ),
    Relief(
        Branch.REFUSE,
        "对本告知有异议的，可以向本机关、单位的上一级机关、单位提出；依法应当通过其他法定途径解决的，请向有权机关提出。",
        "《信访工作条例》第二十三条",
    ),
    Relief(
        Branch.NO_MORE,
        "仍以同一事实和理由提出投诉请求的，不再受理；有新的事实、理由的，可以重新提出。",
        "《信访工作条例》第三十六条",
    ),
    Relief(
        Branch.GUIDE,
        "请持本告知单到上述有权处理的机关、单位依法提出；对其处理不服的，按该机关、单位告知的途径救济。",
        "《信访工作条例》第十九条、第二十条",
    ),
    Relief(
        Branch.DIVERT,
        "对该程序的处理结果不服的，依照有关法律法规规定的途径救济，不适用信访复查、复核程序。",
        "《信访工作条例》第三十一条",
    ),
    Relief(
        Branch.EXTEND,
        "延长的期限届满后，本单位将书面答复；届时对处理意见不服的，可以请求复查。",
        "《信访工作条例》第三十四条、第三十五条",
    ),
)
"""What `flask init` ships, valid from the day the regulation is in force."""

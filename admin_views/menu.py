"""The menu in the order of the work: its lines, the lists that share a line, and what is active now."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from admin_views import wording
from admin_views.listing import count_text
from models import db
from rules.access import Actor, may
from services import workbench


@dataclass(frozen=True)
class Entry:
    """One line of the menu: shown to roles that may use `verb`; `badge` names a count of the workbench.

    `beside`: lists used less often, which share the line and stand as links on top of each other's pages.
    """

    label: str
    endpoint: str
    verb: str
    badge: str = ""
    beside: "tuple[Entry, ...]" = ()

    def open_to(self, actor: Actor) -> "list[Entry]":
        """This line and those beside it, as far as the role may see them."""
        return [e for e in (self, *self.beside) if may(actor, e.verb) and e.endpoint in current_app.view_functions]


MENU: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("工作台", "home.index", "home.view"),
            Entry("搜索与台账", "search.index", "search.view"),
        ),
    ),
    (
        "登记",
        (
            Entry("来信来访登记", "contact.create_view", "contact.register"),
            Entry("登记件", "contact.index_view", "contact.list"),
            Entry(
                "存信", "filing.index_view", "filing.list",
                beside=(
                    Entry("存信捆", "bundle.index_view", "bundle.list"),
                    Entry("销毁清单", "destruction.index_view", "destruction.list"),
                ),
            ),
            Entry("批量导入", "imports.index", "import.run"),
        ),
    ),
    (
        "办理",
        (
            Entry("单位办理台", "tray.index", "tray.list"),
            Entry(
                "信访事项", "petition.index_view", "petition.list", "late",
                beside=(
                    Entry("每日到期提示", "digest.index", "digest.view"),
                    Entry("流转", "leg.index_view", "leg.list"),
                    Entry("逾期通报", "circulation.index_view", "circulation.list"),
                    Entry("夜间检查", "check_run.index", "check_run.list"),
                ),
            ),
            Entry(
                "领导阅批", "reading.index_view", "reading.list", "readings",
                beside=(Entry("督办", "supervision.index_view", "supervision.list"),),
            ),
            Entry(
                "文书", "document.index_view", "document.list",
                beside=(
                    Entry("成批出文书", "job.index_view", "job.list"),
                    Entry("文书模板", "paper_template.index", "paper_template.list"),
                    Entry("救济途径", "relief_text.index_view", "relief_text.list"),
                ),
            ),
            Entry("回访", "return_visit.index_view", "return_visit.list"),
        ),
    ),
    (
        "接访",
        (
            Entry(
                "接访日程", "roster.index", "reception_session.list",
                beside=(
                    Entry("调换", "swap.index_view", "swap.list"),
                    Entry("请假", "absence.index_view", "absence.list"),
                    Entry("最低次数", "minimum.index_view", "minimum.list"),
                    Entry("接访规则", "reception_rule.index_view", "reception_rule.list"),
                ),
            ),
            Entry("预约约访", "appointment.index_view", "appointment.list"),
            Entry(
                "值班", "duty_roster.index", "duty_day.list",
                beside=(
                    Entry("值班日", "duty_day.index_view", "duty_day.list"),
                    Entry("随叫随到", "on_call.index_view", "on_call.list"),
                ),
            ),
            Entry(
                "接访登记", "reception_record.index_view", "reception_record.list",
                beside=(Entry("接访月报", "reception_report.index_view", "reception_report.list"),),
            ),
            Entry("公示", "notice.index_view", "notice.list"),
            Entry(
                "下访", "visit.index_view", "visit.list",
                beside=(
                    Entry("发现的问题", "visit_finding.index_view", "visit_finding.list"),
                    Entry("下访天数", "visit_days.index", "visit.days"),
                ),
            ),
            Entry(
                "矛盾纠纷", "dispute.index_view", "dispute.list",
                beside=(
                    Entry("排查", "screening_round.index_view", "screening_round.list"),
                    Entry("排查报送", "screening_return.index_view", "screening_return.list"),
                ),
            ),
            Entry(
                "信访例会", "meeting.index_view", "meeting.list",
                beside=(Entry("议定事项", "decision.index_view", "decision.list"),),
            ),
        ),
    ),
    (
        "包案",
        (
            Entry(
                "领导包案", "case.index_view", "case.list",
                beside=(
                    Entry("会商听证", "proceeding.index_view", "proceeding.list"),
                    Entry("诉求评判", "demand_appraisal.index_view", "demand_appraisal.list"),
                    Entry("包案分布", "case_board.index", "case.board"),
                    Entry("包案建议", "case_proposal.index_view", "case_proposal.list"),
                    Entry("包案移交", "hand_over.index_view", "hand_over.list"),
                ),
            ),
            Entry(
                "帮扶救助", "aid.index_view", "aid.list",
                beside=(
                    Entry("资金台账", "fund_totals.index", "aid.totals"),
                    Entry("帮扶资金", "fund.index_view", "fund.list"),
                    Entry("帮扶种类", "aid_kind.index_view", "aid_kind.list"),
                ),
            ),
            Entry(
                "结案审查", "closing_file.index_view", "closing_file.list", "to_sign",
                beside=(
                    Entry("承诺事项", "promise.index_view", "promise.list"),
                    Entry("结案清单", "closing_template.index_view", "closing_template.list"),
                    Entry("案卷检查", "file_fault.index_view", "file_fault.list"),
                    Entry("案卷初审", "first_review.index_view", "first_review.list"),
                    Entry("案件评查", "case_review_round.index_view", "case_review_round.list"),
                    Entry("评查案卷", "case_review.index_view", "case_review.list"),
                    Entry("三级终结", "final_matter.index_view", "final_matter.list"),
                ),
            ),
        ),
    ),
    ("专项", (Entry("专项活动", "campaign.index_view", "campaign.list"),)),
    ("统计", (Entry("统计报表", "figures.index", "figures.view"),)),
    (
        "设置",
        (
            Entry("本办设置", "setting.index", "setting.list", beside=(Entry("开办清单", "setup.index", "setup.view"),)),
            Entry(
                "单位", "unit.index_view", "unit.list",
                beside=(
                    Entry("领导", "leader.index_view", "leader.list"),
                    Entry("内容分类", "category.index_view", "category.list"),
                    Entry("期限", "term.index_view", "term.list"),
                    Entry("工作日历", "calendar.index", "calendar.list"),
                    Entry("规则一览", "rulebook.index", "rules.view"),
                ),
            ),
            Entry("账号", "user.index_view", "user.list"),
            Entry("审计", "audit_entry.index_view", "audit_entry.list"),
        ),
    ),
)  # fmt: skip

BELONGS_TO = {
    "dossier": "petition",
    "dossier_set": "petition",
    "visit_plan": "visit",
    "campaign_case": "campaign",
    "campaign_list": "campaign",
    "monthly_report": "campaign",
    "reception_session": "roster",
    "reception_desk": "reception_record",
    "saved_filter": "petition",
    "checklist_item": "closing_file",
    "duty_item": "case",
    "plan_step": "case",
    "case_member": "case",
}
"""Pages without a line of their own in the menu, and the line they stand under."""


def menu(actor: Actor) -> list[dict[str, Any]]:
    """The groups and lines this role sees; the current page is active."""
    groups = []
    for label, entries in MENU:
        items = [_line(members, actor) for entry in entries if (members := entry.open_to(actor))]
        if items:
            groups.append({"label": wording.heading(label) if label else "", "items": items})
    return groups


def _line(members: list[Entry], actor: Actor) -> dict[str, Any]:
    here = request.endpoint or ""
    first = members[0]
    return {
        "label": wording.heading(first.label),
        "url": url_for(first.endpoint),
        "active": any(_is_here(entry, here) for entry in members),
        "count": _badge(actor, first.badge),
    }


def family(actor: Actor) -> list[dict[str, Any]]:
    """The lists that share the current page's line of the menu, this one active; empty on the pages of single records."""
    here = request.endpoint or ""
    for _label, entries in MENU:
        for entry in entries:
            members = entry.open_to(actor) if entry.beside else []
            if len(members) > 1 and any(here == one.endpoint for one in members):
                return [
                    {"label": wording.heading(one.label), "url": url_for(one.endpoint), "active": here == one.endpoint}
                    for one in members
                ]
    return []


def _is_here(entry: Entry, here: str) -> bool:
    if "contact.create_view" in (here, entry.endpoint):
        return entry.endpoint == here
    view = here.partition(".")[0]
    return entry.endpoint.partition(".")[0] == BELONGS_TO.get(view, view)


def _badge(actor: Actor, name: str) -> str:
    if not name:
        return ""
    count = workbench.badge(db.session(), actor, name)
    return count_text(count, workbench.BADGE_CAP) if count else ""

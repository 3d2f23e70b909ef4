"""A list handed down (下发名单) for one campaign: upload → columns → differences → taken over, all or nothing (G2)."""

from typing import Any

from flask import redirect, request, url_for
from flask_admin import expose
from flask_babel import gettext

import models as m
from admin_views import imports
from admin_views.base import Page, current_actor, done
from admin_views.campaign_page import crumb
from admin_views.wording import said
from models import db
from rules.words import RuleBroken
from services import column_map, gate, import_jobs, list_import, list_takeover, uploads
from services.uploads import Upload

SHOWN = 200
"""Differences listed on the page; how many there are stands above them."""


class CampaignList(Page):
    """`/admin/campaign-list/<campaign>/`."""

    verbs = dict.fromkeys(("index", "upload", "mapping", "compare", "confirm"), "campaign_case.add")

    @expose("/")
    def index(self) -> Any:
        """A list belongs to a campaign: choose one first."""
        return redirect(url_for("campaign.index_view"))

    @expose("/<row_id>/", methods=("GET", "POST"))
    def upload(self, row_id: str) -> Any:
        row = _campaign(row_id)
        if request.method == "GET":
            return self._upload_page(row, "")
        try:
            kept = imports.take_in(current_actor(), list_import.kind_of(row))
        except RuleBroken as no:
            return self._upload_page(_campaign(row_id), said(no.message)), 422
        return redirect(url_for("campaign_list.mapping", row_id=row_id, token=kept.token), 303)

    def _upload_page(self, row: m.Campaign, error: str) -> Any:
        kind = list_import.kind_of(row)
        return self.render("campaign/list_upload.html", campaign=row, kind=kind, crumb=crumb(row), error=error)

    @expose("/<row_id>/<token>/")
    def mapping(self, row_id: str, token: str) -> Any:
        row, kept = _campaign(row_id), _upload(token)
        chosen = column_map.guess(kept.header, list_import.kind_of(row).fields)
        return self._mapping_page(row, kept, chosen, "")

    def _mapping_page(self, row: m.Campaign, kept: Upload, chosen: dict[str, str], error: str) -> Any:
        return self.render(
            "campaign/list_mapping.html", campaign=row, kind=list_import.kind_of(row), crumb=crumb(row), upload=kept,
            columns=imports.columns_of(kept, chosen), error=error,
        )  # fmt: skip

    @expose("/<row_id>/<token>/compare")
    def compare(self, row_id: str, token: str) -> Any:
        kept = _upload(token)
        chosen = imports.chosen_columns(kept)
        sheet = imports.sheet_of(list_import.kind_of(_campaign(row_id)), kept)
        row = _campaign(row_id)
        try:
            found = list_takeover.preview(db.session(), current_actor(), row, sheet, chosen)
        except RuleBroken as no:
            return self._mapping_page(row, kept, chosen, said(no.message)), 422
        return self._differences(row, kept, found)

    @expose("/<row_id>/<token>/confirm", methods=("POST",))
    def confirm(self, row_id: str, token: str) -> Any:
        kept = _upload(token)
        chosen = imports.chosen_columns(kept)
        registers = bool(request.form.get("registers"))
        if import_jobs.is_large(kept):
            try:
                return imports.queued(kept, chosen, campaign=_campaign(row_id).id, registers=registers)
            except RuleBroken as no:
                return self._mapping_page(_campaign(row_id), kept, chosen, said(no.message)), 422
        sheet = imports.sheet_of(list_import.kind_of(_campaign(row_id)), kept)
        row = _campaign(row_id)
        try:
            found = list_takeover.run(db.session(), current_actor(), row, sheet, chosen, registers=registers)
        except RuleBroken as no:
            db.session.rollback()
            if no.field == "registers":
                row = _campaign(row_id)
                found = list_takeover.preview(db.session(), current_actor(), row, sheet, chosen)
                return self._differences(row, kept, found, said(no.message)), 422
            return self._mapping_page(_campaign(row_id), kept, chosen, said(no.message)), 422
        if found.result.error_count:
            return self._differences(row, kept, found), 422
        counts = {"new": found.result.created, "changed": len(found.changed), "missing": len(found.missing)}
        message = gettext(
            "已写入台账：新列入 %(new)s 件，改动 %(changed)s 件；名单中没有的 %(missing)s 件未动。", **counts
        )
        answer = done(message, url_for("campaign_case.index_view", campaign=row.id))
        uploads.drop(imports.folder(), kept)
        return answer

    def _differences(self, row: m.Campaign, kept: Upload, found: list_import.Comparison, error: str = "") -> Any:
        return self.render(
            "campaign/list_differences.html", error=error, campaign=row, crumb=crumb(row), upload=kept, found=found, shown=SHOWN,
            seconds=import_jobs.seconds(len(found.new) + len(found.changed) + len(found.unknown)) if import_jobs.is_large(kept) else 0,
            fields=imports.kept_fields(), back=url_for("campaign_list.mapping", row_id=row.id, token=kept.token),
        )  # fmt: skip


def _campaign(row_id: str) -> m.Campaign:
    found: m.Campaign = gate.find(db.session(), current_actor(), m.Campaign, row_id)
    return found


def _upload(token: str) -> Upload:
    return uploads.find(imports.folder(), current_actor(), "campaign-list", token)


def views() -> list[Any]:
    return [CampaignList(name="下发名单", endpoint="campaign_list", url="/admin/campaign-list")]

"""What runs at night, and the proofs: the audit chain and the signatures."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from cli.declaring import command
from models import db
from rules.access import Actor

audit_group = AppGroup("audit", help="审计。")
closing_group = AppGroup("closing", help="结案卷。")
dossier_group = AppGroup("dossier", help="卷宗。")
jobs_group = AppGroup("jobs", help="定时任务。")


@command(jobs_group, "run")
def jobs_run() -> Any:
    """One pass of everything due: the night's checks, mail merges left undone, reminders and digests by mail."""
    import jobs

    clock = current_app.extensions["desk_clock"]
    session, smtp_url = db.session(), current_app.config["DESK_SMTP_URL"]
    imported = jobs.take_over(session, clock, Path(current_app.config["DESK_DATA"]))
    letters = jobs.merge(session, clock)
    dossiers = jobs.pack_dossiers(session, clock, Path(current_app.config["DESK_DATA"]))
    today, now = clock()
    base = current_app.config["DESK_PUBLIC_URL"]
    address = f"{base.rstrip('/')}/admin/" if base else ""
    jobs.inspect_at_night(session, today, now)
    return {
        "check": jobs.check_at_night(session, today, now),
        "inspection": jobs.inspect(session, clock),
        "screening": jobs.ask_screening(session, today, now),
        "imports": imported,
        "mail_merge": letters,
        "dossiers": dossiers,
        "reminders": jobs.remind(session, today, smtp_url, address).as_json(),
        "digests": jobs.send_digests(session, today, now, smtp_url, address).as_json(),
    }


@jobs_group.command("work", hidden=True)
@click.argument("parent", type=int)
@with_appcontext
def jobs_work(parent: int) -> None:
    """The worker beside the server: looks for mail merges, dossiers and checks of files until its parent is gone."""
    import jobs

    jobs.work(db.session(), current_app.extensions["desk_clock"], parent, Path(current_app.config["DESK_DATA"]))


@command(closing_group, "verify", acts=True)
@click.argument("number", required=False)
def closing_verify(actor: Actor, number: str | None) -> Any:
    """Examine the signatures of one case's closing file, or of all; exit 1 when one no longer stands (H2)."""
    from services import signature_check

    found = signature_check.verify_all(db.session(), actor, number)
    if not found["ok"]:
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
        sys.exit(1)
    return found


@command(dossier_group, "verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def dossier_verify(file: Path) -> Any:
    """Compare a dossier's zip with its own manifest: {"ok", "bad"}; exit 1 when something is missing, added or changed (B9)."""
    from services import dossier_zip

    bad = list(dossier_zip.faults(file))
    if bad:
        click.echo(json.dumps({"ok": False, "bad": bad}, ensure_ascii=False))
        sys.exit(1)
    return {"ok": True, "bad": []}


@command(audit_group, "verify")
def audit_verify() -> Any:
    """Walk the chain: {"ok", "rows", "head", "first_bad"}; a broken chain exits 1."""
    from services import audit

    found = audit.verify(db.session())
    if not found["ok"]:
        click.echo(json.dumps(found, default=str))
        sys.exit(1)
    return found

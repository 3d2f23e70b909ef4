"""Tables in and out, and the figures."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from cli.declaring import DAY, command, office
from models import db
from rules.access import Actor

import_group = AppGroup("import", help="从 Excel 导入。")


@command(office, "export", acts=True)
@click.argument("name", required=False)
@click.option("--out", type=click.Path(path_type=Path))
@click.option("--from", "start", type=DAY)
@click.option("--to", "end", type=DAY)
@click.option("--reason", default="")
@click.option("--list", "lists", is_flag=True)
def export(
    name: str | None, out: Path | None, start: date | None, end: date | None, reason: str, lists: bool, actor: Actor
) -> Any:
    """Write a table as xlsx; --list names them."""
    from services import exports

    if lists:
        return exports.names()
    if not name or not out:
        raise click.UsageError("NAME 和 --out 都要写。")
    return exports.to_file(db.session(), actor, name, out, start=start, end=end, reason=reason)


@command(office, "figures", acts=True)
@click.argument("name", required=False)
@click.option("--from", "start", type=DAY)
@click.option("--to", "end", type=DAY)
def figures(name: str | None, start: date | None, end: date | None, actor: Actor) -> Any:
    """Figures of a period with numerator and denominator."""
    from services import figures as service

    first = start or actor.today.replace(month=1, day=1)
    return service.compute(db.session(), actor, name, first, end or actor.today)


def _import_command(kind: str) -> None:
    @command(import_group, kind, acts=True)
    @click.argument("file", type=click.Path(exists=True, path_type=Path))
    @click.option("--dry-run", is_flag=True)
    @click.option("--map", "map_file", type=click.Path(exists=True, path_type=Path))
    @click.option("--carried-over", is_flag=True)
    def run(file: Path, dry_run: bool, map_file: Path | None, carried_over: bool, actor: Actor) -> Any:
        """Take a table in: all rows or none."""
        from services import imports

        mapping = json.loads(map_file.read_text("utf-8")) if map_file else None
        found = imports.import_file(
            db.session(), actor, kind, file, mapping=mapping, dry_run=dry_run, carried_over=carried_over
        )
        if found["errors"]:
            db.session.rollback()
            click.echo(json.dumps(found, ensure_ascii=False, default=str))
            sys.exit(1)
        return found


for _kind in ("contacts", "leaders", "units", "categories", "campaign-cases"):
    _import_command(_kind)

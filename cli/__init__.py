"""The office's commands: each a few lines that call a service and commit (design §6).

`--json` prints one JSON document on stdout; messages go to stderr; exit 0 ok, 1 the office says no, 2 wrong use.
Lives here: a file a subject. Does not live here: what a command does (services), long work (jobs).
"""

from flask import Flask

from cli.checks import audit_group, closing_group, dossier_group, jobs_group
from cli.dates import calendar_group, roster_group
from cli.declaring import office
from cli.house import user_group
from cli.tables import import_group


def init_commands(app: Flask) -> None:
    """Hang the commands on `flask`."""
    for found in office.commands.values():
        app.cli.add_command(found)
    for group in (
        user_group,
        calendar_group,
        roster_group,
        audit_group,
        closing_group,
        dossier_group,
        import_group,
        jobs_group,
    ):
        app.cli.add_command(group)

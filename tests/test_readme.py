"""README says what is true: its generated parts are those of the tables, its commands and folders exist (issue item 1)."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask

import cli
from scripts import readme_tables

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "README.md").read_text("utf-8")


def test_generated_parts_are_current() -> None:
    assert readme_tables.written(TEXT) == TEXT, "run python -m scripts.readme_tables"


@pytest.mark.parametrize("name", sorted(readme_tables.PARTS))
def test_each_generated_part_is_there(name: str) -> None:
    assert f"<!-- {name} -->" in TEXT
    assert readme_tables.PARTS[name]() in TEXT


@pytest.mark.parametrize("path", sorted(set(re.findall(r"^\| `([\w./]+)` \|", TEXT, re.M))))
def test_every_named_path_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make (\w+)", TEXT))))
def test_every_named_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


def test_the_commands_are_those_of_the_office() -> None:
    """Design §6: `calendar show/import` and `import contacts|leaders` name one each."""
    app = Flask("office")
    cli.init_commands(app)
    there = set()
    for name, one in app.cli.commands.items():
        below = one.commands.items() if isinstance(one, click.Group) else [("", one)]
        there |= {f"{name} {key}".strip() for key, command in below if not command.hidden}
    said = TEXT.partition("`flask --app app NAME`: ")[2].partition(". `--json`")[0]
    named = [one.split() for one in " ".join(said.split()).split(" · ")]
    assert {" ".join([*group, one]) for *group, last in named for one in re.split("[/|]", last)} == there

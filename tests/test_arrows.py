"""Arrows point down only (design §1): what each layer may import, read from the source without running it."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYERS = ("rules", "models", "services", "config", "admin_views", "public", "cli", "jobs", "server", "app")

# layer: our own layers it may import
DOWN = {
    "rules": {"rules"},
    "models": {"rules", "models"},
    "services": {"rules", "models", "services"},
    "config": set(),
    "admin_views": {"rules", "models", "services", "config", "admin_views", "jobs"},
    "public": {"rules", "models", "services", "config", "admin_views"},
    "jobs": {"rules", "models", "services", "config", "jobs"},
    "cli": {"rules", "models", "services", "config", "cli", "jobs", "server"},
    "server": {"app"},  # a process of its own, started by the command `serve`
    "app": set(LAYERS),
}
# layer: packages from outside that would pull it up (the web into the office, the database or the clock into the rules)
FORBIDDEN = {
    "rules": {
        "flask",
        "flask_admin",
        "flask_login",
        "flask_wtf",
        "flask_babel",
        "sqlalchemy",
        "flask_sqlalchemy",
        "time",
        "wtforms",
    },
    "models": {"flask", "flask_admin", "flask_login", "flask_wtf", "flask_babel", "wtforms"},
    "services": {
        "flask",
        "flask_migrate",
        "flask_admin",
        "flask_login",
        "flask_wtf",
        "flask_babel",
        "wtforms",
        "werkzeug",
    },
}
RULES_MAY_IMPORT = {"borax", "chinese_calendar", "dateutil", "pypinyin"}


def files_of(layer: str) -> list[Path]:
    """The layer's module, or every file of its folder."""
    single = ROOT / f"{layer}.py"
    return [single] if single.exists() else sorted((ROOT / layer).rglob("*.py"))


def imported(file: Path) -> set[str]:
    """The first names of every import in the file, inside functions and TYPE_CHECKING too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module or "")
    return {name.split(".")[0] for name in names}


def clock_calls(file: Path) -> list[int]:
    """The lines that read the clock: date.today(), datetime.now(), datetime.utcnow(), time.time()."""
    calls = (node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    wanted = {("date", "today"), ("datetime", "today"), ("datetime", "now"), ("datetime", "utcnow"), ("time", "time")}
    return [
        call.lineno
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name | ast.Attribute)
        and (getattr(call.func.value, "id", None) or getattr(call.func.value, "attr", ""), call.func.attr) in wanted
    ]


SOURCES = [pytest.param(layer, file, id=str(file.relative_to(ROOT))) for layer in LAYERS for file in files_of(layer)]


@pytest.mark.parametrize(("layer", "file"), SOURCES)
def test_no_arrow_points_upwards(layer: str, file: Path) -> None:
    ours = imported(file) & set(LAYERS)
    assert ours <= DOWN[layer], f"{layer} imports {ours - DOWN[layer]}"


@pytest.mark.parametrize(("layer", "file"), [case for case in SOURCES if case.values[0] in FORBIDDEN])
def test_the_web_stays_above_the_services(layer: str, file: Path) -> None:
    assert not imported(file) & FORBIDDEN[layer]


@pytest.mark.parametrize(("layer", "file"), [case for case in SOURCES if case.values[0] == "rules"])
def test_rules_know_only_the_standard_library_and_calendars(layer: str, file: Path) -> None:
    assert imported(file) <= set(sys.stdlib_module_names) | RULES_MAY_IMPORT | {"rules"}


@pytest.mark.parametrize(("layer", "file"), [case for case in SOURCES if case.values[0] in {"rules", "services"}])
def test_rules_and_services_never_read_the_clock(layer: str, file: Path) -> None:
    assert clock_calls(file) == []


def test_the_reader_of_imports_sees_an_arrow_upwards(tmp_path: Path) -> None:
    """The control: a file that breaks both rules is found."""
    bad = tmp_path / "bad.py"
    bad.write_text(
        "def f():\n    from services.audit import record\n    import datetime\n    return datetime.date.today()\n"
    )
    assert "services" in imported(bad) - DOWN["rules"]
    assert clock_calls(bad) == [4]

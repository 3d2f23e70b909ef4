"""Start (issue 2 item 1, C18, design §6): the commands and the environment of a fresh office."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import config
from tests.fixtures.databases import sqlite_rows
from tests.fixtures.office import USERS
from tests.fixtures.server import environment, flask, free_port, serving

ROOT = Path(__file__).parent.parent
STRONG = {"DESK_ENV": "production", "DESK_SECRET_KEY": "k" * 40, "DESK_PUBLIC_URL": "https://desk.example"}


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An office of its own in a folder of its own, on a free port."""
    return environment(tmp_path / "instance", PORT=str(free_port()))


@pytest.mark.xdist_group("start")
def test_init_demo_serve_and_again(env: dict[str, str], tmp_path: Path) -> None:
    """What `make run` does, twice: the second start finds the data, the accounts and the key of the first."""
    instance = tmp_path / "instance"
    before = None
    for _ in range(2):
        for args in (("init",), ("demo", "--petitions", "20")):
            done = flask(*args, env=env)
            assert done.returncode == 0, done.stderr
        with serving(env, tmp_path / "log") as base, urllib.request.urlopen(f"{base}/healthz") as answer:
            assert json.load(answer)["status"] == "ok"
            server = (answer.headers.get("Server") or "").lower()
        assert not any(word in server for word in ("werkzeug", "gunicorn", "waitress", "python"))
        printed = (tmp_path / "log").read_text(encoding="utf-8")
        assert base in printed
        assert str(instance / "demo-accounts.json") in printed

        accounts = (instance / "demo-accounts.json").read_bytes()
        numbers = sqlite_rows(instance / "desk.db", "SELECT number FROM petition ORDER BY id")
        assert sorted(json.loads(accounts)["accounts"]) == sorted(USERS)
        assert set(json.loads(accounts)["accounts"]["clerk"]) >= {"username", "password", "role", "unit"}
        assert len(numbers) == 20
        now = (numbers, accounts, (instance / "keys.json").read_bytes())
        assert before in (None, now)
        before = now
    for secret in (".", "keys.json", "demo-accounts.json", "secret_key"):
        assert (instance / secret).stat().st_mode & 0o077 == 0, secret


@pytest.mark.parametrize(
    ("weak", "named"),
    [
        ({"DESK_SECRET_KEY": ""}, "DESK_SECRET_KEY"),
        ({"DESK_SECRET_KEY": "short"}, "DESK_SECRET_KEY"),
        ({"DESK_TODAY": "2026-11-21"}, "DESK_TODAY"),
        ({"DESK_PUBLIC_URL": "http://desk.example"}, "DESK_PUBLIC_URL"),
        ({"DESK_PUBLIC_URL": ""}, "DESK_PUBLIC_URL"),
        ({"DESK_TZ": "Nowhere/Here"}, "DESK_TZ"),
        ({"DESK_TODAY": "tomorrow"}, "DESK_TODAY"),
        ({"DESK_DATABASE_URL": "mysql://desk"}, "DESK_DATABASE_URL"),
        ({"DESK_DATA": "/dev/null/office"}, "DESK_DATA"),
    ],
)
def test_production_refuses_weak_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, weak: dict[str, str], named: str
) -> None:
    for name, value in (STRONG | {"DESK_DATA": str(tmp_path)} | weak).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(config.BadSettings, match=named):
        config.read()


def test_production_starts_with_strong_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (STRONG | {"DESK_DATA": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    assert config.read()["DESK_ENV"] == "production"


def test_a_refused_start_is_a_sentence_and_no_traceback(env: dict[str, str]) -> None:
    done = flask("init", env=env | STRONG)
    assert done.returncode != 0
    assert "DESK_TODAY" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("required", "code"), [("postgres", 0), ("browser,postgres", 1)])
def test_a_required_kind_may_not_be_skipped(tmp_path: Path, required: str, code: int) -> None:
    test = tmp_path / "test_skipped.py"
    test.write_text("import pytest\n\n@pytest.mark.browser\ndef test_it():\n    pytest.skip('no Chromium here')\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-c",
        str(ROOT / "pyproject.toml"),
        "-p",
        "tests.conftest",
        str(test),
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"DESK_TEST_REQUIRE": required}, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr


def make(*args: str) -> str:
    """What make would do, without doing it."""
    make_command = [shutil.which("make") or "make", "--dry-run", "--always-make", *args]
    done = subprocess.run(make_command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def test_make_run_starts_in_order() -> None:
    done = make("run")
    steps = [done.index(step) for step in ("make_venv.sh", "-r requirements.txt", " init", " demo ", " serve")]
    assert steps == sorted(steps)


def test_make_test_sees_to_a_browser_and_runs_all() -> None:
    done = make("test")
    assert "find_browser.sh" in done
    assert "-m pytest" in done


@pytest.mark.parametrize("target", ["install", "bench", "screens", "lint", "trust", "bundle", "help"])
def test_make_knows_the_target(target: str) -> None:
    assert make(target)


def test_no_package_registry_is_named_in_the_repository() -> None:
    """A bundle or a mirror must do: addresses of registries are the machine's business."""
    names = ("Makefile", "requirements.txt", "requirements-dev.txt", "constraints.txt", "pyproject.toml", ".ci/run")
    files = [ROOT / name for name in names] + sorted((ROOT / "scripts").iterdir())
    text = "".join(file.read_text(encoding="utf-8") for file in files if file.is_file())
    names_of_formats = r"schemas\.openxmlformats\.org|www\.w3\.org"
    said = rf"index-url|find-links\s+https?|https?://(?!127\.0\.0\.1|\$(\(HOST\)|{{)|{names_of_formats})"
    assert not re.search(said, text)


def test_every_runtime_dependency_is_pinned() -> None:
    pinned = {
        line.split("==")[0].strip().lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line
    }
    for file in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text().splitlines():
            name = line.split("#")[0].split(";")[0].strip()
            if name and not name.startswith("-r"):
                assert "==" in name
                assert name.split("==")[0].split("[")[0].lower() in pinned

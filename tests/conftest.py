"""What every test gets: a clean environment, fresh databases, the office, a running server, a browser (fixtures/).

`DESK_TEST_REQUIRE=browser,postgres` turns a skipped test of that kind into a failure, so that CI cannot pass without.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest.nodeid import coerce_node_id

pytest.register_assert_rewrite("tests.fixtures")

from tests.fixtures import postgres_server  # noqa: E402
from tests.fixtures.databases import DIALECTS  # noqa: E402

pytest_plugins = [
    "tests.fixtures.databases",
    "tests.fixtures.office",
    "tests.fixtures.server",
    "tests.fixtures.browser",
]
REQUIRED = frozenset(filter(None, os.environ.get("DESK_TEST_REQUIRE", "").split(",")))
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ


def pytest_configure() -> None:
    for name in [name for name in os.environ if name.startswith("DESK_") and not name.startswith("DESK_TEST_")]:
        del os.environ[name]
    if not IS_WORKER:
        os.environ["DESK_TEST_SHARED"] = tempfile.mkdtemp(prefix="desk-test-", dir=postgres_server.fast_folder())


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not walk it again with every thousand new objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_unconfigure() -> None:
    if not IS_WORKER:
        shared = Path(os.environ["DESK_TEST_SHARED"])
        postgres_server.stop(shared)
        shutil.rmtree(shared, ignore_errors=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `db` that touches the database runs once on each; `db(long="sqlite")`: there only with make trust."""
    mark = metafunc.definition.get_closest_marker("db")
    if "desk_url" in metafunc.fixturenames and mark:
        long = mark.kwargs.get("long")
        kinds = [pytest.param(kind, marks=pytest.mark.trust) if kind == long else kind for kind in DIALECTS]
        metafunc.parametrize("desk_url", kinds, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that share a running server stay in one process, and begin: a long group last would leave the other one idle.

    Before them a group that needs no demonstration office, for both processes would wait until it is made.

    pytest-xdist 3.8 reads groups from the ends of ids, and writes them where pytest 9.2 no longer looks: written here.
    """
    served = {item for item in items if "live_server" in getattr(item, "fixturenames", ())}
    for item in items:
        if item in served:
            shared = getattr(getattr(item, "module", None), "ONLY_READS", False)
            item.add_marker(pytest.mark.xdist_group("readers" if shared else item.path.stem))
        group = item.get_closest_marker("xdist_group")
        if group and config.getoption("loadgroup", default=False) and "@" not in item.nodeid.rpartition("]")[2]:
            item._id = coerce_node_id(f"{item.nodeid}@{group.args[0]}")  # type: ignore[attr-defined]
    items.sort(key=lambda item: (item.get_closest_marker("xdist_group") is None, item in served))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    kinds = {"browser"} if item.get_closest_marker("browser") else set()
    kinds |= {"postgres"} if "postgres" in item.name else set()
    if report.skipped and not hasattr(report, "wasxfail") and kinds & REQUIRED:
        report.outcome = "failed"
        report.longrepr = f"skipped, but DESK_TEST_REQUIRE names {sorted(kinds & REQUIRED)}: {report.longrepr}"
    return report

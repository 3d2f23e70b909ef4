"""The roster's benchmark: every line is measured, and a goal that is missed is said (issue 3 "Must show")."""

import pytest

from benchmarks import rosters


@pytest.mark.trust
def test_every_line_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rosters, "RUNS", 1)
    monkeypatch.setattr(rosters, "WARM_UPS", 0)
    lines = [line for line in rosters.measure().text.splitlines() if line.startswith("| ")][1:]
    assert [line.split(" | ")[0] for line in lines] == [
        "| 365 天的空循环",
        "| 一年的接访日与领导（只算日子）",
        "| 一年每个工作日值班（只算日子）",
        "| 一年的接访日程，30 位领导（写入）",
        "| 一年每个工作日的值班表（写入）",
    ]


@pytest.mark.parametrize(("took", "verdict", "missed"), [(0.1, "met", []), (0.12, "missed (≤ 100)", ["一年: 0.120 s"])])
def test_a_missed_goal_is_said(took: float, verdict: str, missed: list[str]) -> None:
    floor = rosters.Case(rosters.FLOOR, lambda: None)
    found = rosters.section([(floor, 0.001), (rosters.Case("一年", lambda: None, 0.1), took)])
    assert f"| {verdict} |" in found.text
    assert found.missed == missed

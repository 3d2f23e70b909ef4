"""The measurements that stand in docs/bench.md by themselves: parts are kept, and the public page's run says what it should."""

from pathlib import Path

import pytest

from benchmarks import public_page, sections
from benchmarks.sections import Section


def test_parts_of_the_page_are_kept_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "bench.md"
    file.write_text("# Head\n\n| a |\n", encoding="utf-8")
    sections.put("one", Section("## One\n1"), file)
    sections.put("two", Section("## Two\n2"), file)
    sections.put("one", Section("## One\n3"), file)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Head\n\n| a |\n\n<!-- one -->\n## One\n3\n<!-- /one -->")
    assert sections.kept(text) == "<!-- one -->\n## One\n3\n<!-- /one -->\n\n<!-- two -->\n## Two\n2\n<!-- /two -->\n"


@pytest.mark.trust
def test_the_public_page_is_measured_over_the_real_server() -> None:
    """Must show of issue 3: requests a second within 1.3 times of a constant of that size."""
    found = public_page.measure(rounds=1, requests=16)
    assert found.text.startswith("## The public month page")
    assert "| constant text | " in found.text
    assert "| month page, reader has it (304) | " in found.text


def test_a_missed_goal_is_said() -> None:
    rates = {public_page.CONSTANT: [130.0, 140.0], public_page.PAGE: [100.0, 100.0], "304": [1.0, 1.0]}
    found = public_page._section(public_page.Measured(10, rates))
    assert found.missed == ["public month page: 1.35 × the constant"]
    assert "missed (≤ 1.3)" in found.text

"""The definitions of the figures are whole, and a figure is written as the office writes it (§5)."""

import pytest

from rules import figures
from rules.words import RuleBroken


@pytest.mark.parametrize("figure", figures.FIGURES, ids=lambda figure: figure.name)
def test_a_definition_says_everything(figure: figures.Figure) -> None:
    """I3: formula, period key, numerator; a rate names its denominator."""
    assert all((figure.label, figure.formula, figure.period_key, figure.numerator.label))
    assert (figure.denominator is not None) is (figure.measure in ("share", "mean_days"))
    sides = [figure.numerator, *filter(None, [figure.denominator]), *figure.classes]
    assert len({side.key for side in sides}) == len(sides)


def test_names_are_unique_and_tiles_exist() -> None:
    assert len(figures.BY_NAME) == len(figures.FIGURES)
    assert set(figures.TILES) <= set(figures.BY_NAME)


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent", "text"),
    [(0, 0, None, "—"), (0, 5, 0.0, "0.0%"), (36, 39, 92.3, "92.3%"), (5, 5, 100.0, "100.0%"), (3, 0, None, "—")],
)
def test_shares(numerator: int, denominator: int, percent: float | None, text: str) -> None:
    assert figures.share(numerator, denominator) == percent
    assert figures.written(figures.share(numerator, denominator), figures.PERCENT) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(46, 50, "−8.0%"), (7, 6, "+16.7%"), (6, 6, "0.0%"), (3, 0, "—"), (0, 0, "—"), (0, 4, "−100.0%")],
)
def test_changes(now: int, before: int, text: str) -> None:
    assert figures.written_change(figures.change(now, before)) == text


@pytest.mark.parametrize(("value", "text"), [(46, "46"), (12.5, "12.5"), (56.0, "56"), (None, "—")])
def test_counts_and_days(value: float | None, text: str) -> None:
    assert figures.written(value) == text


def test_unknown_names_are_refused() -> None:
    with pytest.raises(RuleBroken, match="没有"):
        figures.named("nonsense")
    with pytest.raises(RuleBroken, match="没有"):
        figures.side(figures.named("total"), "denominator")

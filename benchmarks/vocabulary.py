"""Words for generated matters: the sentences of real messages where ../shared/data lies, else the demonstration's own."""

import re
from pathlib import Path
from random import Random

from services.demo import names, topics

REAL = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "群众留言.xlsx"
TITLE, TEXT = "留言主题", "留言详情"
SLOTS = {
    "village": "河东村", "year": 2020, "mu": "3.5", "money": 850, "sum": 24_000, "days": 12, "households": 14,
    "neighbour": "刘某",
}  # fmt: skip
PLACES = ("河东村", "石桥村", "柳林村", "上坝村", "枫树湾", "青石社区", "南门社区", "金鸡岭", "白马塘", "杨家铺")


class Vocabulary:
    """`sentences` to put demands together from, `titles`; `source` says where they came from."""

    def __init__(self) -> None:
        real = _real() if REAL.exists() else []
        self.source = "群众留言.xlsx" if real else "own words"
        texts = real or [(t.title.format_map(SLOTS), t.demand.format_map(SLOTS)) for t in topics.TOPICS]
        self.titles = [title[:40] for title, _ in texts if title]
        pieces = (piece.strip() for _, text in texts for piece in re.split(r"[。！？；\s]+", text))
        self.sentences = sorted({piece for piece in pieces if 6 <= len(piece) <= 40})

    def demand(self, rng: Random) -> str:
        """Three to five sentences, about a hundred characters."""
        return "。".join(rng.choices(self.sentences, k=rng.randint(3, 5))) + "。"

    def title(self, rng: Random) -> str:
        """A headline with a place in front, so that few are alike."""
        return f"{rng.choice(PLACES)}{rng.choice(self.titles)}"

    def name(self, rng: Random) -> str:
        """A person's name."""
        return names.name(rng)


def _real() -> list[tuple[str, str]]:
    from python_calamine import CalamineWorkbook

    head, *rows = CalamineWorkbook.from_path(REAL).get_sheet_by_index(0).to_python()
    title, text = head.index(TITLE), head.index(TEXT)
    return [(str(row[title]).strip(), str(row[text])) for row in rows]

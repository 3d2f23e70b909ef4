"""Several refusals said at once: a form shows all of them together and keeps what was typed (C17)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rules.words import RuleBroken


class Gathered:
    """Collects plain refusals (not Forbidden, NotHere or Stale, which end at once) and raises them as one."""

    def __init__(self, found: Iterable[RuleBroken] = ()) -> None:
        self.found: list[RuleBroken] = list(found)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Inside, a refusal is kept and the rest of the block left out."""
        try:
            yield
        except RuleBroken as no:
            if type(no) is not RuleBroken:
                raise
            self.found += [no, *no.also]

    def refuse(self) -> None:
        """Raise the first refusal with the others behind it; nothing when there is none."""
        if self.found:
            first, *rest = self.found
            first.also = tuple(rest)
            raise first

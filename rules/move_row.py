"""One row of the table of moves: what it is, who may make it, what it asks, what it does to clocks and legs."""

from dataclasses import dataclass

from rules.handling_words import Fact
from rules.words import DocumentKind, LegKind, Role, Status, Word


@dataclass(frozen=True)
class Need:
    """One thing a move must (or may) be told. kind: text, long, date, datetime, int, unit, units, user, leader, choice,
    rows (several of those the screen offers).

    `past`: a date of something that has happened: not after today, and not before the matter's date named by `since`
    (its registration while it has none).
    """

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    choices: type[Word] | None = None
    help: str = ""
    limit: int = 500
    past: bool = False
    since: str = "registered_on"


@dataclass(frozen=True)
class Row:
    """One row of the table.

    `to` None: the state stays. `starts`, `stops`: terms (rules.terms) whose clock begins or ends. `resumes`: of these the
    clock that ran last goes on from where it began. `takes_back`: the clocks it stops have measured nobody. `ends_leg`:
    the running legs end with it. `only`: a fact of the matter that must hold. `verdict`: the paper's {result} where the
    move itself is the decision. `help_only`: a fact without which the help says nothing.
    """

    verb: str
    label: str
    froms: tuple[Status, ...]
    to: Status | None
    who: frozenset[Role]
    needs: tuple[Need, ...] = ()
    paper: DocumentKind | None = None
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    takes_back: bool = False
    leg: LegKind | None = None
    ends_leg: bool = False
    only: Fact | None = None
    verdict: str = ""
    is_quiet: bool = False
    help: str = ""
    help_only: Fact | None = None


REASON = Need("reason", "理由", "long", help="写明依据和事实，告知书上照此打印。")
WHY = Need("reason", "理由", "long", limit=300)

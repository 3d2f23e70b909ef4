"""Templates and scripts keep the strict content policy (trust C8), load nothing from outside, have landmarks and contrast (design §10)."""

import re
from pathlib import Path

import flask_admin
import pytest
from jinja2 import Environment, FileSystemLoader

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))
STOCK = Path(flask_admin.__file__).parent / "templates" / "bootstrap4" / "admin"

HANDLER = re.compile(r"<[^<>{}]*\son[a-z]+\s*=", re.IGNORECASE)
FORBIDDEN = {
    "handler attribute": HANDLER,
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "asset from outside": re.compile(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE),
    "stock look": re.compile(r"bootstrap|select2|jquery|admin_static", re.IGNORECASE),
}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("kind", FORBIDDEN)
@pytest.mark.parametrize("page", PAGES, ids=name)
def test_template_keeps_the_content_policy(page: Path, kind: str) -> None:
    found = FORBIDDEN[kind].findall(without_comments(page.read_text("utf-8")))
    assert not found, f"{kind} in {name(page)}: {found}"


@pytest.mark.parametrize(
    ("kind", "sample"),
    [
        ("handler attribute", '<button class="x" onclick="go()">'),
        ("inline script", "<script>go()</script>"),
        ("inline style sheet", "<style>p{}</style>"),
        ("style attribute", '<p style="color:red">'),
        ("script address", '<a href="javascript:void(0)">'),
        ("asset from outside", '<script src="//cdn.example/x.js">'),
        ("stock look", '<link href="bootstrap.min.css">'),
    ],
)
def test_the_patterns_see_what_they_look_for(kind: str, sample: str) -> None:
    assert FORBIDDEN[kind].search(sample)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_template_compiles(page: Path) -> None:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.filters["dateformat"] = str  # Flask-Babel brings it
    assert environment.compile(page.read_text("utf-8"), filename=str(page))


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_script_needs_no_eval_and_no_outside(script: Path) -> None:
    text = script.read_text("utf-8")
    assert not re.search(r"\beval\(|new Function|document\.write|https?://|\.style\b", text)


@pytest.mark.parametrize("sheet", SHEETS, ids=name)
def test_sheet_loads_nothing_from_outside(sheet: Path) -> None:
    assert not re.search(r"@import|@font-face|url\(\s*[\"']?(?:https?:)?//", sheet.read_text("utf-8"))


def test_every_stock_page_with_a_handler_is_replaced() -> None:
    """design §8 trap 5: under the policy its `onclick` is dead, and a deletion would happen without asking."""
    stock = [page for page in STOCK.rglob("*.html") if HANDLER.search(page.read_text("utf-8"))]
    assert stock
    missing = [
        str(page.relative_to(STOCK)) for page in stock if not (TEMPLATES / "admin" / page.relative_to(STOCK)).exists()
    ]
    assert not missing


@pytest.mark.parametrize("shell", ["layout.html", "plain.html", "public.html", "print.html"])
def test_shell_has_language_and_main_landmark(shell: str) -> None:
    """WCAG 3.1.1, 2.4.1, 1.4.4: language of the page, a main landmark, zoom not forbidden."""
    text = (TEMPLATES / shell).read_text("utf-8")
    for wanted in ('<html lang="', "<main", "<title>"):
        assert wanted in text
    assert not re.search(r"user-scalable|maximum-scale", text)


def luminance(colour: str) -> float:
    if len(colour) == 4:
        colour = "#" + "".join(2 * digit for digit in colour[1:])
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-fA-F]{3,6});", (ROOT / "static/css/tokens.css").read_text("utf-8")))


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        *(
            (ink, back, 4.5)
            for ink in ("ink", "ink-2", "ink-3", "accent", "late", "soon")
            for back in ("card", "page", "shade")
        ),
        *((kind, f"{kind}-soft", 4.5) for kind in ("ok", "soon", "late", "wait")),
        ("accent-ink", "accent-soft", 4.5),
        ("card", "accent", 4.5),
        ("edge", "card", 3.0),
        ("focus", "card", 3.0),
        ("focus", "page", 3.0),
    ],
)
def test_colours_have_contrast(front: str, back: str, least: float) -> None:
    """WCAG 1.4.3 (text 4.5:1) and 1.4.11 (edges of inputs and the focus ring 3:1)."""
    assert contrast(TOKENS[front], TOKENS[back]) >= least

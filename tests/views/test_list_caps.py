"""How far lists are counted: 1000+ for those who see all, 200+ for a unit or leader, 99+ on tabs (design §8, trap 12)."""

from types import SimpleNamespace

import pytest

from admin_views.list_rows import ListRows
from admin_views.listing import TAB_CAP, count_text
from tests.fixtures.office import Office


@pytest.mark.parametrize(
    ("username", "count", "shown"),
    [
        ("clerk", 1000, "1000"),
        ("clerk", 1001, "1000+"),
        ("handler_a", 200, "200"),
        ("handler_a", 201, "200+"),
        ("leader_a", 201, "200+"),
    ],
)
def test_a_list_is_counted_as_far_as_its_reader_needs(office: Office, username: str, count: int, shown: str) -> None:
    listing = ListRows(SimpleNamespace(tabs=(), filters=()), office.actor(username), {})
    assert count_text(count, listing.cap) == shown


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (99, "99"), (100, "99+")])
def test_a_tab_is_counted_to_99(count: int, shown: str) -> None:
    assert count_text(count, TAB_CAP) == shown

"""Guessing and checking which column is which field (A4)."""

from datetime import date

import pytest

from rules.words import RuleBroken
from services.column_map import Field, check, find_header, guess, normalised
from services.workbook_in import Row, Sheet
from tests.samples.books import CATEGORY_HEADER, MESSAGE_HEADER

FIELDS = [
    Field("external_no", "编号", ("留言编号", "信访编号", "序号"), required=True),
    Field("petitioner_name", "信访人", ("留言用户", "姓名", "来信人")),
    Field("title", "标题", ("留言主题", "主题", "事由")),
    Field("registered_on", "登记时间", ("留言时间", "登记日期"), required=True),
    Field("demand", "诉求", ("留言详情", "诉求内容", "主要内容"), required=True),
    Field("category", "内容分类", ("一级分类",)),
]
MESSAGES = dict(
    zip(
        MESSAGE_HEADER,
        ["external_no", "petitioner_name", "title", "registered_on", "demand", "category"],
        strict=True,
    )
)


def test_the_real_message_list_is_recognised_whole() -> None:
    """Issue, registration: 留言编号、留言用户、留言主题、留言时间、留言详情、一级分类."""
    assert guess(MESSAGE_HEADER, FIELDS) == MESSAGES


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("编号", "external_no"),
        (" 留言 编号： ", "external_no"),
        ("EXTERNAL_NO", "external_no"),
        ("ｅｘｔｅｒｎａｌ＿ｎｏ", "external_no"),
        ("登记日期（年/月/日）", "registered_on"),
        ("姓名【必填】", "petitioner_name"),
        ("主要诉求内容", "demand"),
        ("一级分类名称", "category"),
        ("时间", None),
        ("备注", None),
        ("（）", None),
        ("", None),
    ],
)
def test_one_column_is_recognised(column: str, key: str | None) -> None:
    assert guess([column], FIELDS) == ({column: key} if key else {})


def test_a_field_is_guessed_once_and_the_better_name_wins() -> None:
    """The exact name wins over the column that stands before it and only contains it."""
    header = ["信访编号（旧）", "来信人姓名", "编号", "姓名", "姓名"]
    assert guess(header, FIELDS) == {"编号": "external_no", "姓名": "petitioner_name"}


def test_the_longest_shared_name_wins() -> None:
    fields = [Field("a", "登记日期"), Field("b", "登记日期说明")]
    assert guess(["办公室登记日期说明栏"], fields) == {"办公室登记日期说明栏": "b"}


def test_a_name_is_normalised() -> None:
    assert normalised(" 留言　编号： No_１") == "留言编号no1"


def test_a_complete_mapping_passes() -> None:
    """Columns with an empty key are left out; optional fields may miss."""
    needed = {"留言编号": "external_no", "留言时间": "registered_on", "留言详情": "demand"}
    check(needed | {"留言用户": ""}, MESSAGE_HEADER, FIELDS)
    for column, key in needed.items():
        with pytest.raises(RuleBroken) as refused:
            check({name: field for name, field in needed.items() if name != column}, MESSAGE_HEADER, FIELDS)
        assert refused.value.field == next(field.label for field in FIELDS if field.key == key)


@pytest.mark.parametrize(
    ("change", "header", "fragment", "field"),
    [
        ({"留言详情": ""}, MESSAGE_HEADER, "必填字段“诉求”没有对应的列", "诉求"),
        ({"留言详情": "", "留言时间": ""}, MESSAGE_HEADER, "必填字段“登记时间、诉求”", "登记时间"),
        ({"留言用户": "title"}, MESSAGE_HEADER, "字段“标题”对应了 2 列（留言用户、留言主题）", "标题"),
        ({"备注": "title"}, MESSAGE_HEADER, "没有“备注”这一列", "备注"),
        ({"留言用户": "password"}, MESSAGE_HEADER, "字段“password”不存在", "留言用户"),
        ({}, [*MESSAGE_HEADER, "留言主题"], "表头“留言主题”出现了 2 次", "留言主题"),
    ],
)
def test_a_wrong_mapping_is_refused(change: dict[str, str], header: list[str], fragment: str, field: str) -> None:
    with pytest.raises(RuleBroken, match="请") as refused:
        check(MESSAGES | change, header, FIELDS)
    assert fragment in refused.value.message
    assert refused.value.field == field


def test_an_unused_double_column_does_no_harm() -> None:
    """Two columns of one name are refused only once one of them is chosen."""
    header = [*MESSAGE_HEADER, "备注", "备注"]
    check(MESSAGES, header, FIELDS)
    with pytest.raises(RuleBroken, match="“备注”出现了 2 次"):
        check(MESSAGES | {"留言用户": "", "备注": "petitioner_name"}, header, FIELDS)


def test_a_header_below_a_title_is_found() -> None:
    """G2: a ledger handed down carries its title and 填报单位 above the header."""
    rows = [
        Row(2, ["填报单位：一村", None, None]),
        Row(4, ["编号", "登记日期", "诉求"]),
        Row(5, ["1", date(2020, 1, 4), "修路"]),
    ]
    found = find_header(Sheet(["积案台账", "", ""], rows, 1), FIELDS)
    assert (found.header, found.header_row, found.rows) == (["编号", "登记日期", "诉求"], 4, rows[2:])


def test_a_header_on_top_or_nowhere_stays() -> None:
    sheet = Sheet(CATEGORY_HEADER, [Row(2, ["一级分类", "x", "y"])], 1)
    assert find_header(sheet, FIELDS) is sheet
    unknown = Sheet(["x", "y"], [Row(2, ["1", "2"])], 1)
    assert find_header(unknown, FIELDS) is unknown

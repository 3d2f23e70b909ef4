"""Small workbooks of our own, made by code: what an office sends in, without anybody's real words (A4)."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

MESSAGE_HEADER = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "一级分类"]
MESSAGES: list[list[Any]] = [
    [
        "37.0",
        "A00010786",
        "某小区路灯损坏半年未修",
        "2020/1/4 11:17:46",
        "\n\t\t\t\n\t\t\t尊敬的领导：\n路灯已坏半年。\n\n",
        "城乡建设",
    ],
    [3742, "A00013884", "检测站噪声扰民", "2018/12/26 10:13:37", "夜间仍在作业，无法休息。", "环境保护"],
    [5315.0, "A00009647", "工地欠薪", datetime(2018, 7, 17, 7, 13, 58), "去年的工资至今未结。", "劳动和社会保障"],
    ["9001", "A00000001", '=HYPERLINK("http://x","点我")', "2019年3月5日", "+86 13800000000 请回电", "没有这个分类"],
]
CATEGORY_HEADER = ["一级分类", "二级分类", "三级分类"]
CATEGORIES = [
    ["城乡建设", "安全生产", "事故处理"],
    ["城乡建设", "安全生产", "安全隐患"],
    ["城乡建设", "物业管理", "收费"],
    ["环境保护", "噪声污染", "收费"],
]


def book(*sheets: Iterable[Sequence[Any]], options: dict[str, Any] | None = None) -> bytes:
    """An xlsx file with one worksheet for each iterable of rows."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, **(options or {})}) as workbook:
        moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for rows in sheets:
            sheet = workbook.add_worksheet()
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    sheet.write(number, place, value, *([moment] if isinstance(value, datetime) else []))
    return out.getvalue()


def messages_xlsx() -> bytes:
    """Four messages in the six columns of a real message list: text numbers, real dates, an unknown category, a formula text."""
    return book([MESSAGE_HEADER, *MESSAGES], options={"strings_to_urls": False})


def categories_xlsx() -> bytes:
    """Four leaves of a three-level tree, one leaf name twice under different parents."""
    return book([CATEGORY_HEADER, *CATEGORIES])

"""Excel and CSV in (A4, C11): real tables read whole, everything else is one sentence and never a crash."""

import io
import random
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from rules.words import RuleBroken
from services import workbook_child, workbook_in
from services.workbook_in import Row, Sheet, as_date, as_datetime, as_id, as_text, parse, read_rows
from tests.bad_files import BAD_FILES, BadFile, formatted_empty, good, repacked
from tests.samples.books import CATEGORIES, MESSAGE_HEADER, book, categories_xlsx, messages_xlsx

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def saved(folder: Path, data: bytes, name: str = "upload") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def read_bytes(folder: Path, data: bytes, name: str = "表.xlsx") -> Sheet:
    return read_rows(saved(folder, data), original_name=name)


def read_here(path: Path, kind: str = "xlsx") -> Sheet:
    """The child's work in this process: for files known to be harmless."""
    out = io.StringIO()
    workbook_child.answer(kind, path, out)
    return parse(out.getvalue().encode().splitlines())


# --- good files ---------------------------------------------------------------------------------------------------------


def test_messages_are_read_with_their_row_numbers_and_inner_line_ends(tmp_path: Path) -> None:
    """A4: cells trimmed, new lines inside kept, dates as dates, text that looks like a formula as text."""
    sheet = read_bytes(tmp_path, messages_xlsx())
    assert sheet.header == MESSAGE_HEADER
    assert [row.number for row in sheet.rows] == [2, 3, 4, 5]
    assert sheet.rows[0].cells[4] == "尊敬的领导：\n路灯已坏半年。"
    assert sheet.rows[2].cells[3] == datetime(2018, 7, 17, 7, 13, 58)
    assert sheet.rows[3].cells[2] == '=HYPERLINK("http://x","点我")'
    assert [as_id(row.cells[0]) for row in sheet.rows] == ["37", "3742", "5315", "9001"]


def test_categories_are_read(tmp_path: Path) -> None:
    assert [row.cells for row in read_bytes(tmp_path, categories_xlsx()).rows] == CATEGORIES


@pytest.mark.parametrize(
    ("name", "rows", "columns"), [("群众留言.xlsx", 396, 6), ("内容分类.xlsx", 517, 3), ("群众留言与答复.xlsx", 60, 7)]
)
def test_the_real_files_are_read(name: str, rows: int, columns: int) -> None:
    """Issue: 396 messages, 517 categories."""
    if not (DATA / name).exists():
        pytest.skip(f"../shared/data/{name} is not here")
    sheet = read_rows(DATA / name, original_name=name)
    assert (len(sheet.rows), len(sheet.header)) == (rows, columns)
    if "留言时间" in sheet.header:
        assert all(as_datetime(row.cells[3]).year >= 2010 for row in sheet.rows)
        assert all(as_id(row.cells[0]).isdigit() for row in sheet.rows)


def test_empty_rows_and_sheets_are_passed_over(tmp_path: Path) -> None:
    """The first sheet with content counts; a row's number is the one Excel shows; every row is as wide as the sheet."""
    sheet = read_bytes(tmp_path, book([], [[], ["", " "], ["甲", "乙"], [], [1, None, "丙"], ["x"]], [["其他"]]))
    assert (sheet.header, sheet.header_row) == (["甲", "乙", ""], 3)
    assert sheet.rows == [Row(5, [1.0, None, "丙"]), Row(6, ["x", None, None])]


def test_formatted_empty_rows_do_not_count(tmp_path: Path) -> None:
    """C11: 65,000 bordered empty rows are no content."""
    assert len(read_bytes(tmp_path, formatted_empty(3)).rows) == 2


def test_exactly_the_most_rows_and_columns_are_read(tmp_path: Path) -> None:
    """C11: 20,000 rows below the header and 64 columns are still accepted."""
    assert len(read_bytes(tmp_path, book([["甲"] * 64, *[["x"]] * 20_000])).rows) == 20_000


def test_truth_values_and_times_are_text(tmp_path: Path) -> None:
    made = repacked(
        lambda parts: parts.update(
            {
                "xl/worksheets/sheet1.xml": parts["xl/worksheets/sheet1.xml"].replace(
                    b"</sheetData>", b'<row><c t="b"><v>1</v></c><c><v>1e999</v></c></row></sheetData>'
                )
            }
        )
    )
    assert read_bytes(tmp_path, made).rows[-1].cells == ["TRUE", "INF", None]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_the_encodings_offices_use(encoding: str, delimiter: str, tmp_path: Path) -> None:
    """C11, C10: our leading ' is taken back, a foreign one stays; empty lines count for the row number only."""
    lines = [["编号", "主题"], [], ["1", '"二\r\n行"'], ["'=1+1", "'引号"]]
    data = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    sheet = read_bytes(tmp_path, data, "表.CSV")
    assert sheet == Sheet(["编号", "主题"], [Row(3, ["1", "二\n行"]), Row(4, ["=1+1", "'引号"])], 1)


def test_the_leading_quote_stays_in_excel(tmp_path: Path) -> None:
    """Trust §5: a leading ' is an escape in CSV only."""
    assert read_bytes(tmp_path, book([["甲"], ["'=1+1"]])).rows[0].cells == ["'=1+1"]


def test_a_lower_row_can_be_the_header() -> None:
    sheet = Sheet(["积案台账", ""], [Row(2, ["编号", 1.0]), Row(3, ["1", "x"])], 1)
    assert sheet.headed_at(2) == Sheet(["编号", "1"], [Row(3, ["1", "x"])], 2)
    assert sheet.headed_at(1) == sheet


def file_id(bad: BadFile) -> str:
    return bad.name.replace("\0", "")


# --- bad files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", BAD_FILES, ids=file_id)
def test_a_bad_file_is_refused_in_one_sentence(bad: BadFile, tmp_path: Path) -> None:
    """C11: through the real child process."""
    path = saved(tmp_path, bad.build())
    if bad.expect == "ok":
        assert read_rows(path, original_name=bad.name).header
        return
    with pytest.raises(RuleBroken, match=r"^[^。]+。$") as refused:
        read_rows(path, original_name=bad.name)
    assert bad.expect in refused.value.message
    assert refused.value.field == "file"
    assert "请" in refused.value.message


OF_THE_PARENT = (
    "0 字节",
    "超过 10 MB",
    "不能导入 xls 文件",
    "不能导入 xlsm 文件",
    "只能导入 xlsx 或 csv",
    "无法安全读取",
)


@pytest.mark.parametrize("bad", [bad for bad in BAD_FILES if bad.expect not in OF_THE_PARENT], ids=file_id)
def test_the_child_itself_says_what_is_wrong(bad: BadFile, tmp_path: Path) -> None:
    """C11: the sentence is the child's own, not the parent's guess about a dead child."""
    answers = list(workbook_child.read(bad.name.rpartition(".")[2], saved(tmp_path, bad.build())))
    assert answers[-1] == {"end": True} if bad.expect == "ok" else bad.expect in answers[-1]["error"]


def test_there_are_at_least_forty_bad_files() -> None:
    assert len([bad for bad in BAD_FILES if bad.expect != "ok"]) >= 40
    assert len({bad.name for bad in BAD_FILES}) == len(BAD_FILES)


def test_a_refused_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuleBroken) as refused:
        read_bytes(tmp_path, b"a,b\n1,2\n" + b"x," * 70, "a.csv")
    assert refused.value.row == 3


def test_too_much_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_child, "MAX_OUTPUT", 100)
    with pytest.raises(RuleBroken, match="内容太多"):
        read_here(saved(tmp_path, good()))


# --- the child process --------------------------------------------------------------------------------------------------


def test_the_child_binds_itself() -> None:
    """C11: 512 MB, 30 s, no core file."""
    code = (
        "from services.workbook_child import limit; limit(); import resource as r;"
        "print(r.getrlimit(r.RLIMIT_AS)[1], r.getrlimit(r.RLIMIT_CPU)[0], r.getrlimit(r.RLIMIT_CORE)[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(512 * 2**20), "30", "0"]


def test_the_child_answers_one_file_or_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """C11: bound before it opens anything; the endless form is bound in memory but not in CPU time."""
    bound: list[object] = []
    monkeypatch.setattr("resource.setrlimit", lambda kind, sizes: bound.append(kind))
    monkeypatch.setattr("os.nice", bound.append)
    path = saved(tmp_path, messages_xlsx())
    workbook_child.main(["xlsx", str(path)])
    once = capsys.readouterr().out
    assert parse(once.encode().splitlines()) == read_rows(path, original_name="a.xlsx")
    assert len(bound) == 4
    bound.clear()
    monkeypatch.setattr("sys.stdin", io.StringIO(f'{{"kind": "xlsx", "path": "{path}"}}\n' * 2))
    workbook_child.main(["--loop"])
    assert capsys.readouterr().out == once * 2
    assert len(bound) == 3


def test_the_child_is_killed_when_its_time_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_in, "SECONDS", 0.001)
    with pytest.raises(RuleBroken, match="超过"):
        read_bytes(tmp_path, good())


def test_the_child_gets_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile file that took over the parser would find neither keys nor the database's address."""
    seen: list[object] = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: (seen.append(k["env"]), run(*a, **k)))
    read_bytes(tmp_path, good())
    assert seen == [{}]


@pytest.mark.parametrize("lines", [[], [b'{"header": ["a"], "row": 1}'], [b'{"header": ["a"], "row": 1}', b'[2, ["x']])
def test_an_answer_that_breaks_off_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(RuleBroken, match="无法安全读取"):
        parse(lines)


class LoopChild:
    """One long-lived child for fuzzing; a new one after a crash."""

    def __init__(self) -> None:
        self.crashes = 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "services.workbook_child", "--loop"]
        self.process = subprocess.Popen(
            command, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def read(self, kind: str, path: Path) -> Sheet:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f'{{"kind": "{kind}", "path": "{path}"}}\n')
        self.process.stdin.flush()
        lines: list[bytes] = []
        for line in self.process.stdout:
            lines.append(line.encode())
            if line.startswith(('{"end"', '{"error"')):
                break
        else:
            self.crashes += 1
            self.stop()
            self.start()
        return parse(lines)

    def stop(self) -> None:
        self.process.communicate()


def mutant(noise: random.Random) -> bytes:
    """The good file with a few bytes changed: in the package, or inside a part that is then packed properly again."""
    if noise.random() < 0.4:
        return changed(noise, good())
    return repacked(lambda parts: parts.update({(name := noise.choice(sorted(parts))): changed(noise, parts[name])}))


def changed(noise: random.Random, data: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(noise.choice((1, 1, 2, 5, 20))):
        start = noise.randrange(len(made))
        piece = noise.choice((b"", noise.randbytes(1), b"9" * 8, b"<c>", b'"', bytes(made[start : start + 40]) * 2))
        made[start : start + noise.choice((0, 1, 1, 4))] = piece
    return bytes(made)


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.trust)])
def test_mutants_are_read_or_refused(count: int, tmp_path: Path) -> None:
    """C11 short and long form: only a Sheet or a RuleBroken comes back, and both happen."""
    noise, child = random.Random(20), LoopChild()
    outcomes = {"read": 0, "refused": 0}
    for _ in range(count):
        path = saved(tmp_path, mutant(noise))
        try:
            child.read("xlsx", path)
            outcomes["read"] += 1
        except RuleBroken:
            outcomes["refused"] += 1
    child.stop()
    assert min(outcomes.values()) > count / 20
    assert child.crashes <= count / 100


# --- cells --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (" 甲\r\n乙\t", "甲\n乙"),
        ("a\0b\ud800\x07", "ab"),
        (37.0, "37"),
        (37, "37"),
        ("37.0", "37.0"),
        (1.5, "1.5"),
        (0.1 + 0.2, "0.3"),
        (date(2020, 1, 4), "2020-01-04"),
        (datetime(2020, 1, 4, 9, 8, 7), "2020-01-04 09:08:07"),
    ],
)
def test_a_cell_as_text(cell: workbook_in.Cell, text: str) -> None:
    assert as_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [(37.0, "37"), ("37.0", "37"), ("37.00", "37"), ("A37.0", "A37.0"), ("0037", "0037"), ("37.5", "37.5"), (None, "")],
)
def test_a_cell_as_identifier(cell: workbook_in.Cell, text: str) -> None:
    assert as_id(cell) == text


@pytest.mark.parametrize("cell", [1.10101199001011e17, 110101199001011234, "1.10101E+17"])
def test_an_identifier_that_excel_has_cut_is_refused(cell: workbook_in.Cell) -> None:
    with pytest.raises(ValueError, match="15 位"):
        as_id(cell)


@pytest.mark.parametrize(
    "cell",
    [
        *(date(2020, 1, 4), datetime(2020, 1, 4, 11, 17, 46), 43834, 43834.0, 20200104, 20200104.0),
        *("2020-01-04", "2020/1/4", "2020.1.4", "2020年1月4日", "2020年 1月 4日", "20200104", " 2020-1-4 "),
        *("２０２０－０１－０４", "2020/1/4 11:17:46", "2020-01-04T11:17:46.25", "2020年1月4日11时17分"),
    ],
)
def test_a_cell_as_day(cell: workbook_in.Cell) -> None:
    assert as_date(cell) == date(2020, 1, 4)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2020/1/4 11:17:46", datetime(2020, 1, 4, 11, 17, 46)),
        ("2020/1/4 11:17", datetime(2020, 1, 4, 11, 17)),
        ("2020年1月4日 11时17分46秒", datetime(2020, 1, 4, 11, 17, 46)),
        ("2020-01-04", datetime(2020, 1, 4)),
        (43834.5, datetime(2020, 1, 4, 12)),
        (date(2020, 1, 4), datetime(2020, 1, 4)),
        (datetime(2020, 1, 4, 1, 2, 3, 999), datetime(2020, 1, 4, 1, 2, 3)),
    ],
)
def test_a_cell_as_moment(cell: workbook_in.Cell, moment: datetime) -> None:
    assert as_datetime(cell) == moment


@pytest.mark.parametrize(
    "cell",
    [
        *(None, "", "昨天", "2020-13-01", "2020-02-30", "2020/1/4 25:00", "4/1/2020", "2020-01", "2020", 2020, 1.5, -1),
        *("0020-01-04", date(1899, 12, 31), "2020-01-04 下午", float("nan"), 1e300),
    ],
)
def test_what_is_no_day_is_refused(cell: workbook_in.Cell) -> None:
    with pytest.raises(ValueError, match="不是日期"):
        as_date(cell)

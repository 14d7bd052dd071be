"""Lists as files: CSV and XLSX become rows of text, or are refused; whatever the octets."""

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import numbers

from directory import import_files
from directory.import_files import read_file
from directory.refusal import Flaw, RegistryRefused

LIST = "姓名,单位,手机\n张三,北山社区,13800000000\n\U00020bb7野·㐂,南街道,\n"


def refused(flaw):
    return pytest.raises(RegistryRefused, match=flaw.code)


def spreadsheet(*rows, change=None):
    """The octets of an XLSX file with these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    octets = io.BytesIO()
    book.save(octets)
    return octets.getvalue()


def repacked(octets, change):
    """The archive with the text of each part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.infolist():
            after.writestr(part.filename, change(part.filename, before.read(part).decode()))
    return made.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_of_every_origin(encoding, delimiter, end):
    """Encoding and delimiter are found out; rare characters survive."""
    text = LIST.replace(",", delimiter).replace("\n", end)
    sheet = read_file("名单.CSV", text.encode(encoding))
    assert sheet.headings == ("姓名", "单位", "手机")
    assert [row.cells for row in sheet.rows] == [
        ("张三", "北山社区", "13800000000"),
        ("\U00020bb7野·㐂", "南街道", ""),
    ]
    assert [row.number for row in sheet.rows] == [2, 3]


def test_rows_keep_the_numbers_that_a_spreadsheet_shows():
    """A title above the headings and empty rows are passed over, and count."""
    sheet = read_file("a.csv", "人员名单,,\n\n登录名,姓名,\n,,\na,甲,\n\n b , 乙 ,\n".encode())
    assert sheet.headings == ("登录名", "姓名", "")
    assert [(row.number, row.cells[:2]) for row in sheet.rows] == [(5, ("a", "甲")), (7, ("b", "乙"))]


def test_quoted_cells_and_the_line_that_names_the_delimiter():
    """A delimiter, a quotation mark and a line end may stand within quotes."""
    sheet = read_file("a.csv", b'sep=;\r\na;"b;""c"""\r\n"x\ny";=1+1\r\n')
    assert sheet.headings == ("a", 'b;"c"')
    assert sheet.rows[0].cells == ("x\ny", "=1+1")


def test_what_a_list_defused_is_as_it_was():
    """The apostrophe before what a spreadsheet would work out is not part of the text; any other is."""
    sheet = read_file("a.csv", b"a,b,c\n'+86 717,'=1,'x\n")
    assert sheet.rows[0].cells == ("+86 717", "=1", "'x")


def test_private_code_points_of_the_codec_become_characters():
    """Eight signs that GB18030 of 2022 encodes are not taken for private ones."""
    assert read_file("a.csv", b"a,b\n\xfe\x59,\xfe\xa0\n").rows[0].cells == ("\u9fb4", "\u9fbb")


@pytest.mark.parametrize(
    ("name", "octets", "flaw"),
    [
        ("a.csv", b"", Flaw.FILE_EMPTY),
        ("a.csv", b"a,b\n", Flaw.FILE_EMPTY),
        ("a.csv", b"a\nb\n", Flaw.FILE_EMPTY),
        ("a.csv", b"a,b\n\xff\xff\xff,\n", Flaw.FILE_ENCODING),
        ("a.csv", b"a,b\n\0,c\n", Flaw.FILE_ENCODING),
        ("a.csv", b'a,b\n"c"d,e\n', Flaw.FILE_DAMAGED),
        ("a.csv", b'a,b\n"c,d\n', Flaw.FILE_DAMAGED),
        ("a.csv", b"a,b\n" + b"c" * 1001 + b",d\n", Flaw.FILE_TOO_LARGE),
        ("a.csv", b"," * 100, Flaw.FILE_TOO_LARGE),
        ("a.csv", b"a,b\n" + b"c,d\n" * 50_001, Flaw.FILE_TOO_LARGE),
        ("a.csv", b" " * (import_files.MOST_OCTETS + 1), Flaw.FILE_TOO_LARGE),
        ("a.pdf", LIST.encode(), Flaw.FILE_KIND),
        ("a.xls", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512), Flaw.FILE_KIND),
        ("a.csv", bytes.fromhex("d0cf11e0a1b11ae1"), Flaw.FILE_KIND),
        ("a.xlsx", b"PK\x03\x04 and no more", Flaw.FILE_DAMAGED),
    ],
)
def test_files_that_are_no_lists(name, octets, flaw):
    """Each file that is refused is refused with its reason."""
    with refused(flaw):
        read_file(name, octets)


def test_the_place_of_the_flaw_is_named():
    """Whoever repairs a list is told the row."""
    with refused(Flaw.FILE_ENCODING) as caught:
        read_file("a.csv", b"a,b\nc,d\n\xff\xff,\n")
    assert caught.value.field == "row 3"


def test_most_rows():
    """Fifty thousand rows are taken."""
    assert len(read_file("a.csv", b"a,b\n" + b"c,d\n" * 50_000).rows) == 50_000


def test_spreadsheet_cells_as_text():
    """Numbers, dates and truth come as one would type them; nothing is worked out."""
    octets = spreadsheet(
        ["姓名", "手机", "到期", "时间", "数", "真", "注"],
        ["张三", 13800000000, datetime(2026, 12, 31), datetime(2026, 12, 31, 18, 30), 1.5, True],  # noqa: DTZ001 - a spreadsheet has no zones
        ["李四", "=1+1", "'+86", "-1", 2.0, False, "  x "],
    )
    sheet = read_file("a.xlsx", octets)
    assert sheet.rows[0].cells == ("张三", "13800000000", "2026-12-31", "2026-12-31 18:30:00", "1.5", "TRUE")
    assert sheet.rows[1].cells == ("李四", "=", "+86", "-1", "2", "FALSE", "x")
    assert sheet.flawed == {(3, 1): Flaw.CELL_IS_FORMULA}
    assert "张三" not in repr(sheet)


def test_numbers_that_lost_digits_are_marked():
    """An identity number that was entered as a number has lost its end: it must not pass for one."""
    sheet = read_file(
        "a.xlsx", spreadsheet(["姓名", "证件号码"], ["张三", 659999199002280009], ["李四", "659999199002280009"])
    )
    assert sheet.flawed == {(2, 1): Flaw.CELL_IMPRECISE}
    assert sheet.rows[1].cells[1] == "659999199002280009"


def test_only_what_is_shown_is_read():
    """A hidden sheet before the list is not the list."""

    def hide(book):
        book.active.sheet_state = "hidden"
        shown = book.create_sheet("名单")
        shown.append(["登录名", "姓名"])
        shown.append(["a", "甲"])

    assert read_file("a.xlsx", spreadsheet(["x", "y"], ["z", "z"], change=hide)).headings == ("登录名", "姓名")


def test_a_date_out_of_all_calendars_is_no_error_of_ours(recwarn):
    """What cannot be a date is marked, and no warning repeats it."""

    def date(book):
        book.active["B2"].number_format = numbers.FORMAT_DATE_YYYYMMDD2

    sheet = read_file("a.xlsx", spreadsheet(["姓名", "到期"], ["张三", 659999199002], change=date))
    assert sheet.flawed == {(2, 1): Flaw.CELL_IS_FORMULA}
    assert not recwarn.list


@pytest.mark.parametrize(
    ("before", "after", "flaw"),
    [
        ("<sheetData>", '<!DOCTYPE x [<!ENTITY a "aaaa">]><sheetData>', Flaw.FILE_DAMAGED),
        ("<sheetData>", '<sheetData><row r="9000000"><c r="A9000000"><v>1</v></c></row>', Flaw.FILE_TOO_LARGE),
        ("<sheetData>", '<sheetData><row r="1"><c r="ZZZ1"><v>1</v></c></row>', Flaw.FILE_TOO_LARGE),
        ("<sheetData>", "<sheetData><row>" + "<c/>" * 2000 + "</row>", Flaw.FILE_TOO_LARGE),
        ("</row>", "", Flaw.FILE_DAMAGED),
        ('t="n"', 't="s"', Flaw.FILE_DAMAGED),
    ],
)
def test_hostile_spreadsheets(before, after, flaw):
    """Entities, far-off cells, endless rows, broken XML and dangling references are refused."""
    octets = spreadsheet(["a", "b"], [17, 18])
    with refused(flaw):
        read_file(
            "a.xlsx", repacked(octets, lambda name, text: text.replace(before, after) if "sheet1" in name else text)
        )


def test_an_archive_that_unpacks_to_a_flood():
    """A small file may not hold a large one, or very many elements."""
    octets = spreadsheet(["a", "b"], ["c", "d"])
    flood = " " * (65 * 1024 * 1024)
    with refused(Flaw.FILE_TOO_LARGE):
        read_file("a.xlsx", repacked(octets, lambda name, text: text + flood if "theme" in name else text))
    many = "<xf/>" * 3_000_001
    with refused(Flaw.FILE_TOO_LARGE):
        read_file("a.xlsx", repacked(octets, lambda _name, text: text.replace("</cellXfs>", many + "</cellXfs>")))


def test_shared_strings():
    """Text that a spreadsheet keeps apart from its cells, in several pieces too, is read."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def change(name, text):
        if name == "[Content_Types].xml":
            return text.replace(
                "</Types>", f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
            )
        if name == "xl/_rels/workbook.xml.rels":
            told = f'<Relationship Type="{relation}" Target="sharedStrings.xml" Id="rId9"/>'
            return text.replace("</Relationships>", told + "</Relationships>")
        return text.replace('t="n"', 't="s"') if name.endswith("sheet1.xml") else text

    made = io.BytesIO(repacked(spreadsheet([0, 1], [1, 0]), change))
    with zipfile.ZipFile(made, "a") as archive:
        pieces = "<si><r><t>登录</t></r><r><t>名</t></r></si><si><t>姓名</t></si>"
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}">{pieces}</sst>')
    sheet = read_file("a.xlsx", made.getvalue())
    assert (sheet.headings, sheet.rows[0].cells) == (("登录名", "姓名"), ("姓名", "登录名"))


def test_what_a_spreadsheet_says_of_its_size_is_not_believed():
    """A wrong dimension neither hides rows nor makes a million of them."""
    octets = spreadsheet(["a", "b"], ["c", "d"])
    for told in ("A1:A1", "A1:XFD1048576"):
        made = repacked(octets, lambda _name, text, told=told: text.replace('ref="A1:B2"', f'ref="{told}"'))
        assert [row.cells for row in read_file("a.xlsx", made).rows] == [("c", "d")]


@given(octets=st.binary(max_size=300), name=st.sampled_from(["a.csv", "a.xlsx", "a"]))
@settings(max_examples=300, deadline=None)
def test_any_octets(octets, name):
    """Any octets are a sheet or refused."""
    try:
        sheet = read_file(name, octets)
    except RegistryRefused:
        return
    assert sheet.rows
    assert all(len(cell) <= import_files.LONGEST_CELL for row in sheet.rows for cell in row.cells)


@given(st.lists(st.lists(st.text(max_size=20), max_size=5), max_size=5))
@settings(max_examples=200, deadline=None)
def test_any_text(rows):
    """Any text between delimiters is a sheet or refused."""
    try:
        read_file("a.csv", "\n".join(",".join(row) for row in rows).encode("utf-8", "surrogatepass"))
    except RegistryRefused:
        return


SPREADSHEET = spreadsheet(["登录名", "姓名", "到期"], ["a", "甲", 17], ["b", "乙", "=1"])


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_change_of_a_spreadsheet(data):
    """A spreadsheet in which any octets were changed, packed or unpacked, is a sheet or refused."""
    changed = bytearray(SPREADSHEET)
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    part = data.draw(st.sampled_from(["sheet1.xml", "workbook.xml", "styles.xml", "Types].xml", "workbook.xml.rels"]))
    cut, put = data.draw(st.integers(0, 400)), data.draw(st.text(st.characters(codec="utf-8"), max_size=6))

    def change(name, text):
        return text[:cut] + put + text[cut + len(put) :] if name.endswith(part) else text

    for octets in (bytes(changed), repacked(SPREADSHEET, change)):
        try:
            read_file("a.xlsx", octets)
        except RegistryRefused:
            continue

"""Registry files: what we write is read back, what regedit writes is understood, what is none is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goproxyctl.formats import FormatError
from goproxyctl.formats.reg import (
    BINARY,
    DWORD,
    EXPAND_SZ,
    SZ,
    content_of,
    parse_reg,
    readable,
    render_reg,
    text_content,
    text_of,
    value_of,
)

USER = r"HKCU\Environment"
MACHINE = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
CONTENTS = st.one_of(
    TEXTS.map(text_content),
    TEXTS.map(lambda text: text_content(text, EXPAND_SZ)),
    st.binary(max_size=300).map(lambda raw: content_of(BINARY, raw)),
    st.binary(min_size=4, max_size=4).map(lambda raw: content_of(DWORD, raw)),
    st.tuples(st.sampled_from([0, 1, 2, 4, 7, 11, 0xFFFF0012]), st.binary(max_size=20)).map(lambda v: content_of(*v)),
)


def exported(*lines: str, header: str = "Windows Registry Editor Version 5.00") -> bytes:
    return "\r\n".join([header, "", *lines, ""]).encode("utf-16")


@given(st.dictionaries(NAMES, CONTENTS, max_size=8))
def test_what_is_written_is_read_back(values: dict[str, bytes]) -> None:
    values = {
        name: content for name, content in values.items() if sum(n.casefold() == name.casefold() for n in values) == 1
    }
    assert parse_reg(render_reg({USER: values, MACHINE: {}})) == {USER: values, MACHINE: {}}


@given(st.integers(0, 2**32 - 1), st.binary(max_size=64))
def test_a_value_is_its_content_whatever_its_type(kind: int, raw: bytes) -> None:
    content = content_of(kind, raw)
    assert value_of(content) == (kind, raw)
    assert content_of(*value_of(content)) == content
    assert b"\n" not in content


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (text_content("https://a,direct"), '"K"="https://a,direct"'),
        (text_content('C:\\go "x"'), r'"K"="C:\\go \"x\""'),
        (text_content("%A%", EXPAND_SZ), '"K"=hex(2):25,00,41,00,25,00,00,00'),
        (content_of(BINARY, b"\x01\xab"), '"K"=hex:01,ab'),
        (content_of(DWORD, b"\x0a\0\0\0"), '"K"=dword:0000000a'),
        (content_of(7, b""), '"K"=hex(7):'),
        (text_content("a\r\nb"), '"K"=hex(1):61,00,0d,00,0a,00,62,00,00,00'),
        (None, '"K"=-'),
    ],
)
def test_a_line_is_what_regedit_writes(content: bytes | None, line: str) -> None:
    file = render_reg({USER: {"K": content}})
    assert file.startswith(b"\xff\xfeW\0i\0")
    text = file.decode("utf-16")
    assert text == f"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Environment]\r\n{line}\r\n\r\n"


def test_long_bytes_are_folded_and_no_line_is_long() -> None:
    text = render_reg({USER: {"K": content_of(BINARY, bytes(range(256)))}}, ["made for a/b"]).decode("utf-16")
    assert max(map(len, text.split("\r\n"))) <= 80
    assert text.split("\r\n")[2] == "; made for a/b"
    assert parse_reg(text.encode("utf-16"))[USER]["K"] == content_of(BINARY, bytes(range(256)))


EXPORTS = {
    "a text over two lines": (exported("[HKEY_CURRENT_USER\\Environment]", '"K"="a\r\nb"'), {USER: {"K": text_content("a\r\nb")}}),
    "comments, blanks, the default value": (
        exported("; one", " [HKEY_CURRENT_USER\\Environment] ; two", '@="x" ; three', ' "K" = dword:A', "", ";"),
        {USER: {"": text_content("x"), "K": b"dword:0000000a"}},
    ),
    "a value and a key taken back": (
        exported("[HKEY_CURRENT_USER\\Environment]", '"K"="a"', '"k"=-', "[HKEY_CURRENT_USER\\A\\B]", "[-hkey_current_user\\a]"),
        {USER: {}},
    ),
    "names that differ in case": (
        exported("[HKEY_CURRENT_USER\\Environment]", '"GoProxy"="a"', "[HKEY_CURRENT_USER\\ENVIRONMENT]", '"GOPROXY"="b"'),
        {USER: {"GoProxy": text_content("b")}},
    ),
    "the hive of a user by its number": (
        exported("[HKEY_USERS\\S-1-5-21-1-2-3-1001\\Environment]", '"K"="a"'),
        {USER: {"K": text_content("a")}},
    ),
    "a numbered control set": (
        exported("[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\Session Manager\\Environment]", '"K"="a"'),
        {MACHINE: {"K": text_content("a")}},
    ),
    "a text as bytes": (exported("[HKEY_CURRENT_USER\\Environment]", '"K"=hex(1):61,00,00,00'), {USER: {"K": b'"a"'}}),
    "folded bytes": (
        exported("[HKEY_CURRENT_USER\\Environment]", '"K"=hex(2):61,00,\\', "  62,00,\\", "  00,00", '"L"="x"'),
        {USER: {"K": text_content("ab", EXPAND_SZ), "L": b'"x"'}},
    ),
    "the old form, in the code page": (
        b'REGEDIT4\r\n\r\n[HKEY_CURRENT_USER\\Environment]\r\n"K"=hex(2):25,41,25,00\r\n',
        {USER: {"K": text_content("%A%", EXPAND_SZ)}},
    ),
    "UTF-8 with byte order mark": (
        exported("[HKEY_CURRENT_USER\\Environment]", '"K"="é"').decode("utf-16").encode("utf-8-sig"),
        {USER: {"K": text_content("é")}},
    ),
    "the old form, with texts that are no UTF-8": (
        b'REGEDIT4\r\n\r\n[HKEY_CURRENT_USER\\Environment]\r\n"K\xe9"="\xd7\xa2"\r\n',
        {USER: {"K\xe9": text_content("\xd7\xa2")}},
    ),
    "half a character of UTF-16": (
        exported("[HKEY_CURRENT_USER\\Environment]", '"K"="ab"', '"L"="x"').replace(b"a\0b\0", b"\x00\xd8b\0"),
        {USER: {"K": b"hex(1):00,d8,62,00,00,00", "L": b'"x"'}},
    ),
    "bytes of one digit": (exported("[HKEY_CURRENT_USER\\Environment]", '"K"=hex:1, 2,0a'), {USER: {"K": b"hex:01,02,0a"}}),
    "a backslash that escapes nothing": (
        exported("[HKEY_CURRENT_USER\\Environment]", r'"K"="C:\temp"'), {USER: {"K": text_content(r"C:\temp")}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", EXPORTS)
def test_an_exported_file_is_understood(case: str) -> None:
    file, wanted = EXPORTS[case]
    assert parse_reg(file) == wanted


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "this is no exported registry file"),
        (b"GOPROXY=direct\n", "this is no exported registry file"),
        (b"\xff\xfe\x00", "this is no exported registry file"),
        (b"\x80\x81", "this is no exported registry file"),
        (exported("[HKEY_CURRENT_USER\\Environment]", '"K"="a'), "line 4 is not of an exported registry file"),
        (exported("[HKEY_CURRENT_USER\\Environment]", "K=a"), "line 4"),
        (exported('"K"="a"'), "line 3"),
        (exported("[HKEY_CURRENT_USER\\Environment]", '"K"=hex(zz):00'), "line 4"),
    ],
)
def test_what_is_no_exported_file_is_said(file: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        parse_reg(file)


def test_what_is_no_content_is_refused() -> None:
    with pytest.raises(ValueError, match="dword:1"):
        value_of(b"dword:1")


def test_a_value_for_a_person() -> None:
    assert readable(text_content("https://a,direct")) == "https://a,direct"
    assert readable(text_content("%A%", EXPAND_SZ)) == "%A% (REG_EXPAND_SZ)"
    assert readable(b"dword:0000000a") == "dword:0000000a"
    assert readable(content_of(BINARY, b"x" * 100)).startswith("hex, 100 bytes, SHA-256 ")
    assert text_of(b"a\0") is None
    assert value_of(b'""') == (SZ, b"\0\0")

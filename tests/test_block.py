"""Marked blocks in files that people own."""

import random

import pytest

from goproxyctl.formats import Edit, FormatError, block, whole
from tests.scale import scaled

KEY = ("acme/laptops",)
LINES = b"*.bat text eol=crlf\n*.cmd text eol=crlf\n"
BLOCK = b"# BEGIN goproxyctl acme/laptops\n" + LINES + b"# END goproxyctl acme/laptops\n"

TEXTS: dict[str, tuple[bytes | None, bytes]] = {
    "no file": (None, BLOCK),
    "an empty file": (b"", BLOCK),
    "lines": (b"* text=auto\n", b"* text=auto\n" + BLOCK),
    "no final newline": (b"* text=auto", b"* text=auto\n" + BLOCK[:-1]),
    "CRLF": (b"a\r\nb\r\n", b"a\r\nb\r\n" + BLOCK.replace(b"\n", b"\r\n")),
    "CRLF, no final newline": (b"a\r\nb", b"a\r\nb\r\n" + BLOCK.replace(b"\n", b"\r\n")[:-2]),
    "mostly LF": (b"a\nb\nc\r\n", b"a\nb\nc\r\n" + BLOCK),
    "BOM": (b"\xef\xbb\xbf", b"\xef\xbb\xbf" + BLOCK),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_block_comes_last_is_read_back_and_goes_without_a_trace(name: str) -> None:
    before, after = TEXTS[name]
    edited = block.edit(before, [Edit(KEY, LINES)])
    assert edited.text == after
    assert edited.made == (1 if before is None else 0,)
    assert block.read(after, KEY) == LINES
    assert block.edit(after, [Edit(KEY, LINES)]).text == after
    assert block.edit(after, [Edit(KEY, None, edited.made[0])]).text == before


def test_a_block_is_replaced_in_its_place() -> None:
    text = b"a\r\n" + BLOCK.replace(b"\n", b"\r\n") + b"z\r\n"
    assert block.edit(text, [Edit(KEY, b"new\n")]).text == (
        b"a\r\n# BEGIN goproxyctl acme/laptops\r\nnew\r\n# END goproxyctl acme/laptops\r\nz\r\n"
    )
    assert block.read(b"a\n", KEY) is None
    assert block.read(None, KEY) is None


def test_what_a_person_wrote_into_the_block_is_seen() -> None:
    assert block.read(BLOCK.replace(b"*.cmd", b"*.ps1\n*.cmd"), KEY) == LINES.replace(b"*.cmd", b"*.ps1\n*.cmd")


BEGIN, END = b"# BEGIN goproxyctl acme/laptops\n", b"# END goproxyctl acme/laptops\n"
OTHER = b"# BEGIN goproxyctl acme/other\n"


@pytest.mark.parametrize(
    "text",
    [BLOCK + BLOCK, BEGIN, END, END + BEGIN, BEGIN + BEGIN + END, BEGIN + END + END, BEGIN + OTHER + END,
     OTHER + BLOCK, BEGIN.replace(b"\n", b"\r\n"), BLOCK + OTHER],
)  # fmt: skip
def test_broken_markers_are_refused(text: bytes) -> None:
    for call in (lambda: block.read(text, KEY), lambda: block.edit(text, [Edit(KEY, b"x\n")])):
        with pytest.raises(
            FormatError, match=r"line \d: the markers of the block 'acme/.*' are not one BEGIN and one END"
        ):
            call()


def test_what_only_looks_like_a_marker_is_text() -> None:
    text = b'x = "# BEGIN goproxyctl acme/laptops"\n # END goproxyctl acme/laptops\n#BEGIN goproxyctl acme/laptops\n'
    assert block.read(text, KEY) is None
    assert block.edit(text, [Edit(KEY, LINES)]).text == text + BLOCK


@pytest.mark.parametrize("lines", [b"no newline", b"a\r\n", END, b"a\n" + OTHER, b"\0\n"])
def test_lines_that_would_not_come_back_are_refused(lines: bytes) -> None:
    with pytest.raises(FormatError, match="cannot hold these lines"):
        block.edit(b"", [Edit(KEY, lines)])


def test_utf_16_is_refused() -> None:
    for text in ("a\n".encode("utf-16"), "a\n".encode("utf-16-le")):
        with pytest.raises(FormatError, match="the file is UTF-16"):
            block.edit(text, [Edit(KEY, LINES)])


def test_remove_after_apply_gives_back_the_bytes_in_any_order() -> None:
    rng = random.Random(41)
    for _ in range(scaled(3000, 20_000)):
        pieces = [b"a", b"\n", b"\r\n", b"# note", b"\r", b"\xff", b" ", b"\n\n"]
        text = b"".join(rng.choice(pieces) for _ in range(rng.randrange(8)))
        before = rng.choice([None, text, text, b"\xef\xbb\xbf" + text])
        edits = [Edit((f"acme/{name}",), rng.choice([LINES, b"", b"x\n"])) for name in rng.sample("abc", 2)]
        applied = block.edit(before, edits)
        for one in edits:
            assert block.read(applied.text, one.key) == one.content
        changed = block.edit(applied.text, [edits[0]._replace(content=b"other\n")]).text
        assert block.edit(changed, edits[:1]).text == applied.text
        removals = [e._replace(content=None, made=m) for e, m in zip(edits, applied.made, strict=True)]
        rng.shuffle(removals)
        assert block.edit(applied.text, removals).text == before
        left = applied.text
        for one in removals:
            left = block.edit(left, [one]).text
        assert left == before


def test_a_whole_file_is_its_content() -> None:
    assert whole.read(b"x", ()) == b"x"
    assert whole.read(None, ()) is None
    assert whole.edit(b"x", [Edit((), b"y")]).text == b"y"
    assert whole.edit(b"x", [Edit((), None)]).text is None

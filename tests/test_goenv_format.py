"""The go env file as the real go reads it, and what an edit leaves alone."""

import random
import subprocess
from pathlib import Path

import pytest

from goproxyctl.formats import Edit, FormatError, goenv
from tests.oracles import require_go
from tests.scale import scaled

KEYS = ("GOPRIVATE", "GOINSECURE", "ZZZ", "GOPRIVATEX")
PIECES = (
    b"GOPRIVATE=a.example", b"GOPRIVATE=b.example\r", b"GOPRIVATE=", b"GOPRIVATE", b" GOPRIVATE=c", b"GOPRIVATE =d",
    b"export GOPRIVATE=e", b"GOPRIVATE=f # no comment", b'GOPRIVATE="g"', b"goprivate=h", b"#GOPRIVATE=i", b"", b"\r",
    b"GOINSECURE=*.x\t", b"GOINSECURE==", b"ZZZ=\xff\xfe", b"ZZZ=\xe6\xb3\xa8=1", b"=GOPRIVATE=x", b"A", b"# note",
    b"[GOPRIVATE=j", b"GOPRIVATEX=k", b"\xef\xbb\xbfGOPRIVATE=l", b"GOPRIVATE=m\x0b\x0c", b"@GOPRIVATE=n",
)  # fmt: skip


def random_file(rng: random.Random) -> bytes:
    lines = [rng.choice(PIECES) for _ in range(rng.choice([0, 1, 1, 2, 3, 6]))]
    if rng.random() < 0.2:
        lines.append(bytes(rng.choice(b"GOPRIVATE=\r\n \xef\xbb\xbf#=Z@[az\x00") for _ in range(rng.randrange(30))))
    text = b"".join(line + rng.choice([b"\n", b"\n", b"\n", b"\r\n"]) for line in lines)
    text = text if rng.random() < 0.6 else text.removesuffix(b"\n")
    return rng.choice([b"", b"", b"", b"\xef\xbb\xbf"]) + text


def read_by_go(file: Path, text: bytes) -> dict[str, bytes]:
    """What the real go takes from the file; empty where there is nothing."""
    file.write_bytes(text)
    env = {"GOENV": str(file), "HOME": str(file.parent), "GOTOOLCHAIN": "local", "GOTELEMETRY": "off"}
    done = subprocess.run([require_go(), "env", *KEYS], env=env, capture_output=True, check=True, cwd=file.parent)
    return dict(zip(KEYS, done.stdout.split(b"\n"), strict=False))


def ours(text: bytes) -> dict[str, bytes]:
    return {key: goenv.read(text, (key,)) or b"" for key in KEYS}


@pytest.mark.slow
def test_a_file_means_what_the_real_go_reads_in_it(tmp_path: Path) -> None:
    rng = random.Random(31)
    for _ in range(scaled(300, 10_000)):
        text = random_file(rng)
        assert read_by_go(tmp_path / "env", text) == ours(text), text


@pytest.mark.slow
def test_go_reads_back_what_was_edited_and_everything_else_as_before(tmp_path: Path) -> None:
    rng = random.Random(32)
    edited = 0
    for _ in range(scaled(300, 10_000)):
        text = random_file(rng)
        key = rng.choice(KEYS[:3])
        value = rng.choice([b"", b"x,y", b"https://a|direct", b" blank ", b"\xe6\xb3\xa8", b"=", b'"q"', None])
        try:
            after = goenv.edit(text, [Edit((key,), value)]).text
        except FormatError:
            assert b"\0" in text
            continue
        assert after is not None
        assert read_by_go(tmp_path / "env", after) == {**ours(text), key: value or b""}, (text, after)
        edited += 1
    assert edited > 100


def test_remove_after_apply_gives_back_the_bytes_in_any_order() -> None:
    rng = random.Random(33)
    for _ in range(scaled(2000, 20_000)):
        text = rng.choice([random_file(rng).replace(b"\0", b""), None])
        edits = [Edit((f"NEW{name}",), b"v") for name in rng.sample("ABCD", 3)]
        applied = goenv.edit(text, edits)
        removals = [e._replace(content=None, made=m) for e, m in zip(edits, applied.made, strict=True)]
        rng.shuffle(removals)
        assert goenv.edit(applied.text, removals).text == text
        left = applied.text
        for one in removals:
            left = goenv.edit(left, [one]).text
        assert left == text


def test_foreign_lines_survive_in_their_order() -> None:
    rng = random.Random(34)
    for _ in range(scaled(2000, 20_000)):
        text = random_file(rng).replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf")
        edited = goenv.edit(text, [Edit(("GOPRIVATE",), rng.choice([None, b"new"])), Edit(("ZZZ",), b"z")]).text or b""
        assert foreign(edited) == foreign(text), text


def foreign(text: bytes) -> list[bytes]:
    lines = text.removesuffix(b"\n").split(b"\n")
    return [line for line in lines if line and not line.startswith((b"GOPRIVATE=", b"ZZZ="))]


def test_a_key_owns_all_its_lines() -> None:
    text = b"GOPROXY=old\n# note\nGOPROXY=older\r\nA=1\n"
    assert goenv.edit(text, [Edit(("GOPROXY",), b"new")]).text == b"# note\nGOPROXY=new\nA=1\n"
    assert goenv.edit(text, [Edit(("GOPROXY",), None)]).text == b"# note\nA=1\n"


def test_a_file_without_a_final_newline_stays_without() -> None:
    assert goenv.edit(b"A=1\nGOPROXY=old", [Edit(("GOPROXY",), b"new")]).text == b"A=1\nGOPROXY=new"
    assert goenv.edit(b"GOPROXY=old\nA=1", [Edit(("GOPROXY",), b"new")]).text == b"GOPROXY=new\nA=1"


def test_new_keys_come_last_in_order_of_name() -> None:
    edits = [Edit(("GOSUMDB",), b"s"), Edit(("GOPROXY",), b"p")]
    assert goenv.edit(b"Z=1", edits).text == b"Z=1\nGOPROXY=p\nGOSUMDB=s"
    edited = goenv.edit(None, edits)
    assert edited.text == b"GOPROXY=p\nGOSUMDB=s\n"
    assert edited.made == (1, 1)


def test_a_file_of_ours_goes_with_its_last_key_and_a_file_of_theirs_stays() -> None:
    assert goenv.edit(b"GOPROXY=p\n", [Edit(("GOPROXY",), None, 1)]).text is None
    assert goenv.edit(b"GOPROXY=p\n", [Edit(("GOPROXY",), None, 0)]).text == b""
    assert goenv.edit(None, [Edit(("GOPROXY",), None, 0)]).text is None


@pytest.mark.parametrize("value", [b"a\nGOSUMDB=off", b"a\r", b"a\0", b"a\v", b"\xff"])
def test_a_value_that_go_env_would_refuse_is_refused(value: bytes) -> None:
    with pytest.raises(FormatError, match="GOPROXY: its value holds a line break"):
        goenv.edit(None, [Edit(("GOPROXY",), value)])


def test_a_line_that_go_would_not_see_is_never_written() -> None:
    assert goenv.edit(b"\xef\xbb\xbf", [Edit(("GOPROXY",), b"p")]).text == b"\xef\xbb\xbf\nGOPROXY=p"
    assert goenv.edit(b"\xef\xbb\xbfA=1", [Edit(("GOPROXY",), b"p")]).text == b"\xef\xbb\xbfA=1\nGOPROXY=p"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        with pytest.raises(FormatError, match="the file is UTF-16"):
            goenv.edit("GOPROXY=x\r\n".encode(encoding), [Edit(("GOPROXY",), b"p")])
        assert goenv.read("GOPROXY=x\r\n".encode(encoding), ("GOPROXY",)) is None

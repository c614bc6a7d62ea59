"""gosem.envfile against the real go, and what it says of lines that people get wrong."""

import random
from pathlib import Path

import pytest

from goproxyctl.formats import goenv
from goproxyctl.gosem.envfile import Line, read_env_file
from tests.gosem.envfiles import KEYS, as_json_shows, ask_many, make_file
from tests.gosem.toolchains import require_go_version
from tests.oracles import require_go
from tests.scale import scaled

OLDER = "1.21.13"


def fates(text: bytes) -> list[str]:
    return [line.fate for line in read_env_file(text).lines]


def remarks(text: bytes) -> list[str]:
    return [remark.id for line in read_env_file(text).lines for remark in line.remarks]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (b"", {}),
        (b"\n\n", {}),
        (b"GOPROXY=a", {"GOPROXY": "a"}),
        (b"GOPROXY=a\nGOPROXY=b\n", {"GOPROXY": "b"}),
        (b"GOPROXY=a\nGOPROXY=\n", {"GOPROXY": ""}),
        (b"GOPROXY=a=b\n", {"GOPROXY": "a=b"}),
        (b"GOSUMDB=off\r\n", {"GOSUMDB": "off\r"}),
        (b"\xef\xbb\xbfGOPROXY=a\nGOSUMDB=off\n", {"GOSUMDB": "off"}),
        ("GOPROXY=a\nGOSUMDB=off\n".encode("utf-16"), {}),
        (b'GOPROXY="a"\n', {"GOPROXY": '"a"'}),
        (b"GOPROXY = a\n", {"GOPROXY ": " a"}),
        (b" GOPROXY=a\n\tGOPROXY=a\n", {}),
        (b"export GOPROXY=a\n", {}),
        (b"goproxy=a\n", {}),
        (b"#GOPROXY=a\n", {}),
        (b"GOPROXY\n", {}),
        (b"GOPROXY=a\\\nGOSUMDB=off # no\n", {"GOPROXY": "a\\", "GOSUMDB": "off # no"}),
        (b"GOPROXY=\xff\n", {"GOPROXY": "\udcff"}),
        (b"Z=1", {"Z": "1"}),
        (b"[=1\n@=1\n", {}),
    ],
)
def test_a_file_gives_the_values_that_go_takes(text: bytes, values: dict[str, str]) -> None:
    assert read_env_file(text).values == values


@pytest.mark.parametrize(
    ("text", "fate"),
    [
        (b"\xef\xbb\xbfGOPROXY=a", "byte-order-mark"),
        (b"\xff\xfeG\0=\0", "utf-16"),
        (b"\xfe\xff\0G\0=", "utf-16"),
        (b" \t\r\n", "blank"),
        (b"# GOPROXY=a", "comment"),
        (b"// GOPROXY=a", "comment"),
        (b"  # GOPROXY=a", "comment"),
        (b"GOPROXY: a", "no-equals"),
        (b"export GOPROXY=a", "export"),
        (b"set GOPROXY=a", "export"),
        (b"\tsetenv GOPROXY=a", "export"),
        (b" GOPROXY=a", "indented"),
        (b"\tGOPROXY=a", "indented"),
        (b"goproxy=a", "lower-case"),
        (b"$env:GOPROXY=a", "first-byte"),
        (b"\x80GOPROXY=a", "first-byte"),
        (b"GOPROXY=a", "used"),
    ],
)
def test_each_ignored_line_has_its_reason(text: bytes, fate: str) -> None:
    assert fates(text) == [fate]


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        (b"GOPROXY=a\r", "envfile.carriage-return"),
        (b'GOPROXY="a"', "envfile.quotes"),
        (b"GOPROXY='a'", "envfile.quotes"),
        (b"GOPROXY =a", "envfile.blank-in-key"),
        (b"GOPROXY= a", "envfile.blank-around-value"),
        (b"GOPROXY=a\t", "envfile.blank-around-value"),
        (b"GOPROXY=a #b", "envfile.comment-in-value"),
        (b"GOPATH=$HOME/go", "envfile.not-expanded"),
        (b"GOPATH=${HOME}/go", "envfile.not-expanded"),
        (b"GOPATH=%USERPROFILE%\\go", "envfile.not-expanded"),
        (b"GOPATH=~/go", "envfile.not-expanded"),
        (b"GOPROXY=a\0", "envfile.nul"),
        (b"GOPROXY=\xff", "envfile.not-utf-8"),
        (b"GOPROXY=", "envfile.empty"),
    ],
)
def test_a_value_that_is_not_what_was_meant_is_remarked(text: bytes, remark: str) -> None:
    assert remark in remarks(text)


@pytest.mark.parametrize("value", [b"https://goproxy.cn,direct", b"a|b", b"\xe4\xbd\xa0", b"a#b", b"100%"])
def test_a_plain_value_has_no_remark(value: bytes) -> None:
    assert remarks(b"GOPROXY=" + value + b"\n") == []


def test_a_dead_line_names_the_line_that_counts() -> None:
    read = read_env_file(b"GOPROXY=a\n\nGOPROXY=b\n")
    assert fates(b"GOPROXY=a\n\nGOPROXY=b\n") == ["dead", "blank", "used"]
    assert dict(read.lines[0].remarks[0].values) == {"key": "GOPROXY", "counts": 3}
    assert read.line_of("GOPROXY") == Line(3, b"GOPROXY=b", "used", "GOPROXY", "b")
    assert read.line_of("GOSUMDB") is None


def test_in_go_env_the_first_line_counts() -> None:
    read = read_env_file(b"GOPROXY=a\nGOPROXY=b\n", first_wins=True)
    assert read.values == {"GOPROXY": "a"}
    assert [line.fate for line in read.lines] == ["used", "dead"]


def test_the_editor_of_the_file_reads_it_the_same_way() -> None:
    rng = random.Random(8)
    for text in (make_file(rng) for _ in range(1_000)):
        values = read_env_file(text).values
        for key in map(bytes.decode, KEYS):
            ours = values[key].encode(errors="surrogateescape") if key in values else None
            assert goenv.read(text, (key,)) == ours


def check(go: str, folder: Path, count: int, seed: int) -> list[tuple[bytes, bytes, bytes]]:
    """The files, keys and values in which we and the real go differ."""
    rng = random.Random(seed)
    wrong = []
    for text, plain, shown in ask_many(go, folder, (make_file(rng) for _ in range(count))):
        values = read_env_file(text).values
        for key, said in plain.items():
            name = key.decode(errors="surrogateescape")
            ours = values.get(name, DEFAULTS.get(name, ""))
            ours = ours or (values.get("GOPRIVATE", "") if name in {"GONOPROXY", "GONOSUMDB"} else "")
            if ours.encode(errors="surrogateescape") != said or as_json_shows(ours) != shown[as_json_shows(name)]:
                wrong.append((text, key, said))
    return wrong


#: What the go.env of the toolchain says.
DEFAULTS = {"GOPROXY": "https://proxy.golang.org,direct", "GOSUMDB": "sum.golang.org"}


@pytest.mark.slow
def test_go_reads_random_files_as_we_do(tmp_path: Path) -> None:
    assert check(require_go(), tmp_path, scaled(300, 10_000), seed=27) == []


@pytest.mark.slow
def test_an_older_go_reads_random_files_as_we_do(tmp_path: Path) -> None:
    assert check(require_go_version(OLDER), tmp_path, scaled(300, 10_000), seed=21) == []

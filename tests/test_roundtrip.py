"""Every value that a language says it can carry comes back from its readers as it was, and nothing else happens."""

import sys
from pathlib import Path

import pytest

from goproxyctl.errors import GoproxyctlError
from goproxyctl.formats import FormatError
from goproxyctl.formats.yamltext import quote_yaml
from goproxyctl.render import Language, quote
from tests.languages import WRITTEN, batches, differences
from tests.readers.canary import Canary, make_canary
from tests.readers.go import read_go_env
from tests.readers.yamls import YAML_READERS
from tests.scale import scaled
from tests.values import naughty, possible, values

PAIRS = [(language, reader) for language, written in WRITTEN.items() for reader in written.readers]


@pytest.fixture
def canary(tmp_path: Path) -> Canary:
    return make_canary(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("language", "reader"), PAIRS, ids=[f"{language}: {reader}" for language, reader in PAIRS])
def test_values_come_back_as_they_were(language: Language, reader: str, tmp_path: Path, canary: Canary) -> None:
    wanted = list(batches(values(language, scaled(200, 10_000))))
    assert differences(language, reader, wanted, tmp_path, canary) == []
    assert not canary.sang()


@pytest.mark.slow
def test_values_come_back_from_the_file_of_go(tmp_path: Path, canary: Canary) -> None:
    for number, variables in enumerate(batches(values("go-env", scaled(200, 10_000)))):
        file = tmp_path / f"env{number}"
        file.write_bytes(b"".join(f"{name}={value}\n".encode() for name, value in variables.items()))
        assert read_go_env(file, list(variables), canary) == variables
    assert not canary.sang()


@pytest.mark.parametrize("language", WRITTEN)
def test_a_language_refuses_exactly_what_it_says_it_cannot_carry(language: Language) -> None:
    for value in naughty():
        try:
            quote(language, value)
        except GoproxyctlError:
            assert not possible(language, value), value
        else:
            assert possible(language, value), value


@pytest.mark.parametrize("reader", YAML_READERS)
def test_yaml_carries_every_character(reader: str, tmp_path: Path) -> None:
    codes = [
        *range(0x2100),
        *range(0xD700, 0xD800),
        *range(0xE000, 0xE100),
        *range(0xFD00, 0x10100),
        *range(0x1F5F0, 0x1F610),
        0x10FFFF,
    ]
    wanted = ["x".join(chr(code) for code in codes[start : start + 64]) for start in range(0, len(codes), 64)]
    file = tmp_path / "all.yaml"
    file.write_text("".join(f"- {quote_yaml(text)}\n" for text in wanted), encoding="ascii")
    assert YAML_READERS[reader]([file]) == [[wanted]]


def test_yaml_refuses_half_a_character() -> None:
    with pytest.raises(FormatError, match="U\\+D83D is half a character"):
        quote_yaml("a\ud83d")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix")
def test_the_canary_sings_when_a_command_runs(canary: Canary) -> None:
    import subprocess

    subprocess.run(["/bin/sh", "-c", "id"], env=canary.environment(), check=True)
    assert canary.sang()


def test_the_corpus_is_large() -> None:
    assert len(naughty()) >= 500

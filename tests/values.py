"""Values to be quoted: hand-made ones and generated ones, and which of them a language says it can carry."""

import json
import random
import re
from functools import cache
from pathlib import Path

_NAUGHTY = Path(__file__).parent / "data" / "naughty.txt"

#: The documented impossible sets, stated a second time: controls, line separators, bidirectional controls, the byte
#: order mark, what is no character; for batch files and Dockerfiles all that is not ASCII; for batch files " and !.
_CONTROLS = [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)]
_IMPOSSIBLE = {chr(code) for code in [*_CONTROLS, 0xFEFF, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)]}
_ASCII_ONLY = {"bat", "dockerfile"}

_MARKS = "\"'`$%^&|<>!\\()[]{}#;:,=*?~@-+/ . \u2018\u2019\u201a\u201b"
_WORDS = """
%PATH% %% %2F $HOME ${x} $(id) `id` ' '' " \\ \\\\ \\' \\" ^& & && | || > < ; # : - , = ~ * !x! {{ }} ${{
off no 1e3 0x1 12:30 <<EOF \u2019 \u2018; \U0001f600 \u4ee3 https://a.example/x direct
"""
_FRAGMENTS = (*_WORDS.split(), " ", " #", ": ")


@cache
def naughty() -> tuple[str, ...]:
    """The hand-made strings of tests/data/naughty.txt."""
    lines = _NAUGHTY.read_text().splitlines()
    return tuple(json.loads(line) for line in lines if line.startswith('"'))


def possible(language: str, value: str) -> bool:
    """Whether a language must carry the value, by the documented impossible sets."""
    if not value or not _IMPOSSIBLE.isdisjoint(value):
        return False
    if language in _ASCII_ONLY and not value.isascii():
        return False
    return language != "bat" or not re.search(r'["!]', value)


def _one(rng: random.Random) -> str:
    sort = rng.randrange(5)
    if sort == 0:
        return "".join(chr(rng.randint(0x20, 0x7E)) for _ in range(rng.randint(1, 40)))
    if sort == 1:
        return "".join(rng.choice(_MARKS) for _ in range(rng.randint(1, 12)))
    if sort == 2:
        return "".join(rng.choice(_FRAGMENTS) for _ in range(rng.randint(1, 6)))
    if sort == 3:
        return rng.choice(naughty()) + rng.choice(naughty())
    return "".join(chr(rng.choice((rng.randint(0x20, 0x7E), rng.randrange(0x110000)))) for _ in range(8))


def values(language: str, count: int, seed: int = 2026) -> list[str]:
    """All hand-made strings and ``count`` generated ones that the language must carry; the same for the same seed."""
    rng = random.Random(f"{seed}:{language}")
    found = [value for value in naughty() if possible(language, value)]
    wanted = len(found) + count
    while len(found) < wanted:
        value = _one(rng)
        if possible(language, value):
            found.append(value)
    return found

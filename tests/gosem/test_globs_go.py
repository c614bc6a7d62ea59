"""gosem.globs against golang.org/x/mod as the real go carries it."""

import random

import pytest

from goproxyctl.gosem.globs import match_path, matches_any
from tests.gosem.go_oracle import match_globs
from tests.gosem.toolchains import require_go_version
from tests.oracles import require_go
from tests.scale import scaled

#: The table of go-semantics 3, and what is quickly got wrong.
TABLE = (
    ("corp.example", "corp.example/x/y", True),
    ("corp.example", "corp.example", True),
    ("corp.example", "git.corp.example/x", False),
    ("*.corp.example", "git.corp.example/x", True),
    ("*.corp.example", "a.b.corp.example/x", True),
    ("*.corp.example", "corp.example/x", False),
    ("corp.example/*", "corp.example/x/y", True),
    ("corp.example/*", "corp.example", False),
    ("corp.example/", "corp.example/x", True),
    ("corp.example//", "corp.example/x", False),
    ("github.com/acme", "github.com/acme-other/r", False),
    ("github.com/acme*", "github.com/acme-other/r", True),
    ("github.com/acme/r", "github.com/acme/r.git", False),
    ("https://corp.example", "corp.example/x", False),
    (" corp.example", "corp.example/x", False),
    ("CORP.example", "corp.example/x", False),
    ("a.example,[bad,corp.example", "corp.example/x", True),
    ("[bad", "[bad", False),
    ("*", "a/b", True),
    ("a?c", "a/c", False),
    ("[!c]", "d", False),
    ("[!c]", "!", True),
    ("[^c]", "d", True),
    ("\\*", "*", True),
    ("**/x", "a/x", True),
    ("", "a", False),
    ("*[^\u00e9]", "\u00e9", True),
    ("[\udcff]", "\udcff", False),
    ("\ud800*", "\ud800", True),
)

_ALPHABET = 'ab.-/*?[]\\^-,!{}: \t\r"é\u4f60\U0001f600\ufffd'
_PATHS = (
    "corp.example", "corp.example/x", "corp.example/x/y", "git.corp.example/x", "a.b.corp.example/x/v2", "github.com/acme/r",
    "github.com/acme-other/r", "CORP.example/x", "corp.example/", "", "/", "a", "a//b", "corp.example/x.git", "x/*/y", "[a]",
)  # fmt: skip
_GLOBS = (
    "corp.example", "*.corp.example", "corp.example/*", "corp.example/", "corp.example//", "github.com/acme*", "*", "**", "*/*",
    "[a-c]*", "[^a]*", "[!a]*", "[a", "[]a]", "[a-", "[a-]", "[-a]", "a\\", "\\*", "[\\]]", "?", "??", "c?rp.*", "*corp*/x",
    "https://corp.example", "corp.example:8443", '"corp.example"', "corp.example\r", " corp.example", "a;b", "/corp.example",
    ".corp.example", "corp.example/...", "", "*[", "a*[b", "corp.*[]", "corp.[z][", "*a*b*c", "[a-a]", "[z-a]", "[[]", "[]]",
)  # fmt: skip


def _glob(rng: random.Random, path: str) -> str:
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(_GLOBS)
    if kind < 0.5:
        return "".join(rng.choice(_ALPHABET) for _ in range(rng.randint(0, 9)))
    return "".join(_twist(rng, char) for char in path[: rng.randint(0, len(path))])


def _twist(rng: random.Random, char: str) -> str:
    """One character of a path, mostly as it is, else as a glob could write it."""
    if rng.random() < 0.7:
        return char
    return rng.choice(
        ["*", "?", f"[{char}]", f"[^{char}]", f"\\{char}", "", "[a-z]", f"[{char}-", f"{char}*", "/", "["]
    )


def pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Lists of globs, each with a path that is near to one of them."""
    rng, made = random.Random(seed), []
    for _ in range(count):
        noise = "".join(rng.choice(_ALPHABET.replace(",", "")) for _ in range(rng.randint(0, 7)))
        path = rng.choice([rng.choice(_PATHS), rng.choice(_PATHS), noise, rng.choice(_PATHS) + noise])
        made.append((",".join(_glob(rng, path) for _ in range(rng.choice([1, 1, 1, 2, 3]))), path))
    return made


def differences(go: str, asked: list[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    said = match_globs(go, [(globs.encode(), path.encode()) for globs, path in asked])
    assert len(said) == len(asked)
    return [
        (globs, path, theirs)
        for (globs, path), theirs in zip(asked, said, strict=True)
        if matches_any(globs.split(","), path) != theirs
    ]


@pytest.mark.parametrize(("globs", "path", "fits"), TABLE)
def test_a_glob_fits_what_go_says_it_does(globs: str, path: str, fits: bool) -> None:
    assert matches_any(globs.split(","), path) == fits


@pytest.mark.parametrize(
    ("glob", "name", "fits"),
    [("a*c", "a/c", False), ("a*c", "abc", True), ("*/", "a/", True), ("*", "", True), ("", "", True)],
)
def test_a_star_stops_at_a_slash(glob: str, name: str, fits: bool) -> None:
    assert match_path(glob, name) == fits


@pytest.mark.slow
@pytest.mark.xdist_group("go-asked")
def test_go_says_what_the_table_says() -> None:
    known = [one for one in TABLE if "\ud800" not in one[0]]
    encoded = [(g.encode(errors="surrogateescape"), p.encode(errors="surrogateescape")) for g, p, _ in known]
    assert match_globs(require_go(), encoded) == [fits for _, _, fits in known]


@pytest.mark.slow
@pytest.mark.xdist_group("go-asked")
def test_go_matches_globs_as_we_do() -> None:
    every = [(glob, path) for glob in _GLOBS for path in _PATHS]
    asked = every + pairs(scaled(5_000, 50_000), seed=11)
    assert differences(require_go(), asked) == []
    assert 0.1 < sum(matches_any(globs.split(","), path) for globs, path in asked) / len(asked) < 0.9


@pytest.mark.slow
@pytest.mark.xdist_group("go-asked")
def test_an_older_go_matches_globs_as_we_do() -> None:
    assert differences(require_go_version("1.21.13"), pairs(scaled(2_000, 20_000), seed=12)) == []


def test_a_mutant_that_trims_is_told_apart_by_these_pairs() -> None:
    asked = pairs(500, seed=13)
    assert any(
        matches_any(globs.split(","), path) != matches_any((g.strip() for g in globs.split(",")), path)
        for globs, path in asked
    )

"""Globs match as go's own code matches them."""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from goproxyctl.gosem.globs import BadPatternError, match_path, matches, matches_any
from tests.oracles import require_go
from tests.scale import scaled

TABLE = [
    ("corp.example.com", "corp.example.com/x/y", True),
    ("corp.example.com", "git.corp.example.com/x", False),
    ("*.corp.example.com", "git.corp.example.com/x", True),
    ("*.corp.example.com", "a.b.corp.example.com/x", True),
    ("*.corp.example.com", "corp.example.com/x", False),
    ("corp.example.com/*", "corp.example.com/x/y", True),
    ("corp.example.com/*", "corp.example.com", False),
    ("corp.example.com/", "corp.example.com/x", True),
    ("corp.example.com//", "corp.example.com/x", False),
    ("github.com/acme", "github.com/acme-other/r", False),
    ("github.com/acme*", "github.com/acme-other/r", True),
    ("github.com/acme/r", "github.com/acme/r/v2", True),
    ("github.com/acme/r", "github.com/acme/r.git", False),
    ("https://corp.example.com", "corp.example.com/x", False),
    ("corp.example.com:8443", "corp.example.com/x", False),
    (".corp.example.com", "corp.example.com/x", False),
    ("corp.example.com/...", "corp.example.com/x", False),
    ("!x", "x/y", False),
    ("*", "anything/at/all", True),
    ("", "x", False),
    ("[a-c]x", "bx/y", True),
    ("[^a-c]x", "bx/y", False),
    ("[!c]x", "!x", True),
    ("[bad", "[bad", False),
    ("CORP.example", "corp.example/x", False),
]


@pytest.mark.parametrize(("glob", "path", "wanted"), TABLE)
def test_a_glob_matches_leading_elements(glob: str, path: str, wanted: bool) -> None:
    assert matches(glob, path) is wanted


def test_a_malformed_glob_does_not_spoil_the_others() -> None:
    assert matches_any(["[bad", "a.example"], "a.example/x")
    assert not matches_any([], "a.example/x")


@pytest.mark.parametrize("glob", ["[", "[a", "[]a]", "[-]", "[a-", "\\", "a[", "[x-]", "*[", "a\\"])
def test_a_malformed_glob_is_told(glob: str) -> None:
    with pytest.raises(BadPatternError):
        match_path(glob, "zzz")


_GO = """package main

import (
	"encoding/json"
	"os"
	"path"

	"golang.org/x/mod/module"
)

func main() {
	var pairs [][2]string
	json.NewDecoder(os.Stdin).Decode(&pairs)
	var said [][3]bool
	for _, pair := range pairs {
		ok, err := path.Match(pair[0], pair[1])
		said = append(said, [3]bool{module.MatchPrefixPatterns(pair[0], pair[1]), ok, err != nil})
	}
	json.NewEncoder(os.Stdout).Encode(said)
}
"""


def pairs(count: int) -> list[tuple[str, str]]:
    rng = random.Random(2026)
    letters, marks = "abc./-", "abcabc.//-**??[[]]^\\!é"
    made = [
        ("".join(rng.choices(marks, k=rng.randint(0, 9))), "".join(rng.choices(letters, k=rng.randint(0, 9))))
        for _ in range(count)
    ]
    return [*made, *((glob, path) for glob, path, _ in TABLE)]


def said_by_us(glob: str, path: str) -> list[bool]:
    try:
        return [matches(glob, path), match_path(glob, path), False]
    except BadPatternError:
        return [matches(glob, path), False, True]


@pytest.mark.slow
def test_we_match_as_go_does(tmp_path: Path) -> None:
    go = Path(require_go())
    vendored = go.parent.parent / "src" / "cmd" / "vendor" / "golang.org" / "x" / "mod"
    mod = tmp_path / "mod"
    shutil.copytree(vendored, mod)
    (mod / "go.mod").write_text("module golang.org/x/mod\n\ngo 1.24\n")
    (tmp_path / "main.go").write_text(_GO)
    (tmp_path / "go.mod").write_text(
        "module x\n\ngo 1.24\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./mod\n"
    )
    home = {"HOME": str(tmp_path), "GOCACHE": str(tmp_path / "cache"), "GOENV": "off", "GOPATH": str(tmp_path / "path")}
    env = {"PATH": os.environ["PATH"], "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local", **home}
    asked = pairs(scaled(5_000, 100_000))
    done = subprocess.run(
        [go, "run", "."], cwd=tmp_path, env=env, input=json.dumps(asked), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    differences = [
        (pair, ours, real)
        for pair, real in zip(asked, json.loads(done.stdout), strict=True)
        if (ours := said_by_us(*pair)) != real
    ]
    assert differences == []

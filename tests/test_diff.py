import json
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goproxyctl.diff import Line, diff_change, diff_contents
from goproxyctl.gosem.chain import parse_chain
from goproxyctl.hops import Mark, diff_chains
from goproxyctl.resource import Address, Change, Match, Place, Reason
from tests.oracles import require

A, B, C = "https://a.example", "https://b.example", "https://c.example"


def shows(lines: tuple[Line, ...]) -> list[str]:
    return [f"{line.mark.value}{line.text}" for line in lines]


def hops(before: str, after: str) -> list[str]:
    return [f"{hop.mark.value}{hop.words()}" for hop in diff_chains(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            f"{A},direct",
            f"{A}|direct",
            ["~1. https://a.example (next on any error; was: next on 404/410 only)", " 2. direct (last)"],
        ),
        (
            f"{A},direct",
            f"{A},{B}|direct",
            [
                " 1. https://a.example (next on 404/410 only)",
                "+2. https://b.example (next on any error)",
                " 3. direct (last)",
            ],
        ),
        (
            f"{A},{B},direct",
            f"{B},direct",
            [
                "-1. https://a.example (next on 404/410 only)",
                " 1. https://b.example (next on 404/410 only)",
                " 2. direct (last)",
            ],
        ),
        (
            f"{A},{B},{C}",
            f"{B},{C},{A}",
            [
                " 1. https://b.example (next on 404/410 only)",
                "~2. https://c.example (next on 404/410 only; was: last)",
                "~3. https://a.example (was 1.; last; was: next on 404/410 only)",
            ],
        ),
        (
            f"{A},{B},{C},direct",
            f"{A},{C},{B},direct",
            [
                " 1. https://a.example (next on 404/410 only)",
                "~2. https://c.example (was 3.; next on 404/410 only)",
                " 3. https://b.example (next on 404/410 only)",
                " 4. direct (last)",
            ],
        ),
        ("", "off", ["+1. off (last)"]),
        ("off", "", ["-1. off (last)"]),
        ("direct", "direct,https://never.example", [" 1. direct (last)"]),
    ],
)
def test_a_changed_chain_is_shown_hop_by_hop(before: str, after: str, said: list[str]) -> None:
    assert hops(before, after) == said


chains = st.lists(st.sampled_from([A, B, C, "https://d.example"]), max_size=6).flatmap(
    lambda urls: st.builds(
        lambda separators, end: "".join(map(str.__add__, urls, separators)) + end,
        st.lists(st.sampled_from(",|"), min_size=len(urls), max_size=len(urls)),
        st.sampled_from(["direct", "off", A]),
    )
)


@given(chains, chains)
def test_the_hops_of_a_diff_are_those_of_both_chains(before: str, after: str) -> None:
    found = diff_chains(before, after)
    new = [(hop.url, hop.now) for hop in found if hop.after]
    old = sorted((hop.before, hop.url, hop.was) for hop in found if hop.before)
    assert new == [(item.text, item.separator) for item in parse_chain(after)]
    assert old == [(n, item.text, item.separator) for n, item in enumerate(parse_chain(before), 1)]
    assert [hop.after for hop in found if hop.after] == list(range(1, len(new) + 1))
    stayed = [hop.before for hop in found if hop.before and hop.after and not hop.moved]
    assert stayed == sorted(stayed)
    assert (before == after) <= all(hop.mark is Mark.SAME for hop in found)


@pytest.mark.parametrize(
    "form",
    [
        "export GOPROXY='{}'\n",
        'set "GOPROXY={}"\r\n',
        "$env:GOPROXY = '{}'\r\n",
        '  GOPROXY: "{}"\n',
        '  GOPROXY:\n    value: "{}"\n    expand: false\n',
        '  GOPROXY: {{value: "{}", expand: false}}\n',
        'ENV GOPROXY="{}" \\\n    GOSUMDB="off"\n',
        '{{\n  "GOPROXY": "{}"\n}}\n',
        "GOPROXY={}\n",
        "set -gx GOPROXY '{}'\n",
    ],
)
def test_a_chain_is_found_in_every_artifact_by_its_variable(form: str) -> None:
    page = "# first\n" + form + "# last\n"
    lines = diff_contents(page.format(f"{A},direct").encode(), page.format(f"{A}|direct").encode())
    assert not [line for line in lines if line.mark in {Mark.ADDED, Mark.REMOVED}]
    (holder,) = [line for line in lines if line.mark is Mark.CHANGED and not line.hop]
    assert "…" in str(holder.text)
    assert [str(line.text) for line in lines if line.hop] == [
        "1. https://a.example (next on any error; was: next on 404/410 only)",
        "2. direct (last)",
    ]


def test_other_changes_stand_beside_the_hops() -> None:
    before = f"a\nexport GOPROXY='{A},direct'\nexport GOSUMDB='x'\nz\n".encode()
    after = f"b\nexport GOPROXY='{A}|direct'\nexport GOSUMDB='y'\nz\n".encode()
    assert shows(diff_contents(before, after)) == [
        "@@@ -1,4 +1,4 @@",
        "-a",
        "+b",
        "~export GOPROXY='…'",
        "~1. https://a.example (next on any error; was: next on 404/410 only)",
        " 2. direct (last)",
        "-export GOSUMDB='x'",
        "+export GOSUMDB='y'",
        " z",
    ]


def test_a_chain_in_a_line_that_changed_otherwise_too_is_shown_as_lines() -> None:
    lines = diff_contents(b"export GOPROXY='direct'\n", b"GOPROXY='off'\n")
    assert shows(lines) == ["@@@ -1 +1 @@", "-export GOPROXY='direct'", "+GOPROXY='off'"]


def test_the_value_of_a_key_is_compared_without_its_quotes() -> None:
    def key(place: Place, name: str, before: bytes | None, after: bytes | None) -> list[str]:
        address = Address(place, "f", ("env", name))
        return shows(diff_change(Change(address, before, after, Reason.POLICY, "t")))

    chained = ["~1. https://a.example (next on any error; was: next on 404/410 only)", " 2. direct (last)"]
    before, after = f"{A},direct", f"{A}|direct"
    assert key(Place.GO_ENV, "GOPROXY", before.encode(), after.encode()) == chained
    assert key(Place.JSON_KEY, "GOPROXY", json.dumps(before).encode(), json.dumps(after).encode()) == chained
    assert key(Place.GO_ENV, "GOPROXY", None, b"off") == ["+1. off (last)"]
    assert key(Place.GO_ENV, "GOSUMDB", b"a", b"b") == ["@@@ -1 +1 @@", "-a", "+b"]
    assert key(Place.JSON_KEY, "GOSUMDB", None, b'"b"') == ["@@@ -0,0 +1 @@", "+b"]


def test_a_whole_json_element_is_compared_over_several_lines() -> None:
    address = Address(Place.JSON_KEY, "launch.json", ("configurations", Match("name", "x")))
    before, after = ({"name": "x", "env": {"GOPROXY": chain}} for chain in ("off", "direct"))
    lines = diff_change(Change(address, json.dumps(before).encode(), json.dumps(after).encode(), Reason.POLICY, "t"))
    assert shows(lines)[4:8] == ['~    "GOPROXY": "…"', "-1. off (last)", "+1. direct (last)", "   }"]


def test_line_ends_and_missing_newlines_are_said() -> None:
    assert shows(diff_contents(b"a\nb\n", b"a\r\nb\r\n")) == ["\\the line ends differ (CRLF or LF)"]
    assert shows(diff_contents(b"a\n", b"a")) == ["\\no newline at the end after"]
    assert shows(diff_contents(b"a", b"a\n")) == ["\\no newline at the end before"]
    assert shows(diff_contents(b"a\r\nb\n", b"a\nb\n"))[1:3] == ["-a\\r", "+a"]
    assert shows(diff_contents(b"\xef\xbb\xbfa\n", b"a\n"))[1:] == ["-\\ufeffa", "+a"]
    assert shows(diff_contents(b"\0", b"\1")) == ["\\the bytes differ, and they are no text"]
    assert shows(diff_contents(b"\xff\n", b"a\n"))[1:] == ["-\\xff", "+a"]


def test_no_secret_and_no_control_character_gets_into_a_diff() -> None:
    before = b'url: https://me:CANARY@x.example\nAPI_TOKEN=CANARY\n"npm-password": "CANARY CANARY"\n\x1b[31mred\n'
    said = "\n".join(shows(diff_contents(before, None)))
    assert "CANARY" not in said
    assert "\x1b" not in said
    chain = f"https://me:CANARY@x.example,{A}"
    for lines in (
        diff_contents(f"GOPROXY={chain}\n".encode(), b"GOPROXY=off\n"),
        diff_change(Change(Address(Place.GO_ENV, "$GOENV", ("GOPROXY",)), chain.encode(), b"off", Reason.DRIFT, "t")),
    ):
        assert "CANARY" not in "".join(shows(lines))


words = st.lists(st.sampled_from(["a", "b", "c", "", "GOPROXY=off", "-x", "+x"]), max_size=12)


@given(words, words, st.sampled_from(["", "\n"]), st.sampled_from(["", "\n"]))
def test_a_diff_is_empty_exactly_when_nothing_differs(
    old: list[str], new: list[str], old_end: str, new_end: str
) -> None:
    before, after = ("\n".join(old) + old_end).encode(), ("\n".join(new) + new_end).encode()
    assert (diff_contents(before, after) == ()) == (before == after)
    assert diff_contents(before, None) != ()
    assert diff_contents(None, after) != ()


@pytest.mark.parametrize("seed", range(20))
def test_patch_makes_the_one_of_the_other(seed: int, tmp_path: Path) -> None:
    patch = require("patch")
    rows = [f"line {n * seed % 17}" for n in range(40)]
    new = [row for n, row in enumerate(rows) if n % (seed + 5)] + [f"more {seed}"]
    before, after = "\n".join(rows) + "\n", "\n".join(new) + "\n"
    (tmp_path / "f").write_text(before)
    text = "\n".join(
        str(line.text) if line.mark is Mark.HUNK else f"{line.mark.value}{line.text}"
        for line in diff_contents(before.encode(), after.encode())
    )
    subprocess.run([patch, "-s", "f"], input=f"--- f\n+++ f\n{text}\n".encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "f").read_text() == after


@pytest.mark.slow
def test_the_time_for_many_namespaces_grows_with_their_number_only() -> None:
    def stream(count: int, chain: str) -> bytes:
        rows = (
            f"---\nkind: ConfigMap\nmetadata:\n  namespace: n{n}\ndata:\n  GOPROXY: {chain}\n" for n in range(count)
        )
        return "".join(rows).encode()

    def seconds(count: int) -> float:
        start = time.process_time()
        lines = diff_contents(stream(count, f"{A},direct"), stream(count, f"{A}|direct"))
        assert sum(line.hop is not None for line in lines) == 2 * count
        return time.process_time() - start

    assert min(seconds(4000) for _ in range(2)) < 8 * min(seconds(1000) for _ in range(2))

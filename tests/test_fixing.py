"""`validate --fix`: what it mends, what it must not touch, and that doing it twice is doing it once."""

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goproxyctl.cli import main
from goproxyctl.cli.fixing import write_back
from goproxyctl.cli.reader import open_folder
from goproxyctl.errors import Edit, StoreError
from goproxyctl.formats.yamlspans import Listed, Span, add_entry, put_last, remove_entry
from goproxyctl.policy.mending import mend
from tests.policy_files import HEAD, problems
from tests.scale import scaled

HOP = '{name: %s, url: "https://%s.example", role: mirror, fallback: any-error}'


def fixed(text: str, tmp_path: Path, *options: str) -> str:
    """The policy after --fix."""
    policy = tmp_path / "policy.yaml"
    policy.write_bytes((HEAD + text).encode())
    main(["validate", "-f", str(policy), "--fix", *options])
    return policy.read_bytes().decode().removeprefix(HEAD)


def block(*entries: str) -> str:
    return "".join(f"    - {entry}\n" for entry in entries)


GATE = """\
  chain:
    - name: g
      url: "https://g.example"
      role: gatekeeper
      fallback: %s # oh
    - direct
"""
A, B = HOP % ("a", "a"), HOP % ("b", "b")
FIXES = [
    ("  chain: [direct]\n  go: {minimum: 1.20} # old\n", '  chain: [direct]\n  go: {minimum: "1.20"} # old\n'),
    ("  chain: [off]\n", '  chain: ["off"]\n'),
    ("  chain: [OFF] # no\n", '  chain: ["off"] # no\n'),
    ("  chain: ['Direct']\n", "  chain: ['direct']\n"),
    ("  chian: [direct]\n", "  chain: [direct]\n"),
    ("  chain:\n" + block("direct # origin", A, B), "  chain:\n" + block(A, B, "direct # origin")),
    (f"  chain: [direct, {A}, {B}]\n", f"  chain: [{A}, {B}, direct]\n"),
    (
        "  chain: [\n    direct, # origin\n    " + A + "\n  ]\n",
        "  chain: [\n    # origin\n    " + A + ", direct\n  ]\n",
    ),
    (f"  chain: [\n    direct,\n    {A}\n  ]\n", f"  chain: [\n    {A}, direct\n  ]\n"),
    (
        f"  chain: [\n    {A},\n    {A.replace('name: a', 'name: c')}\n  ]\n",
        f"  chain: [\n    {A},\n  ]\n",
    ),
    (f"  chain: [{B}, {A}, {A.replace('name: a', 'name: c')}]\n", f"  chain: [{B}, {A}]\n"),
    (
        '  chain: [direct]\n  waivers: [{rule: proxy-http, reason: r, owner: o, expires: "2099-01-01"}] # none\n',
        "  chain: [direct]\n  waivers: [] # none\n",
    ),
    (
        "  chain:\n" + block(A, A.replace("name: a", "name: c"), "direct"),
        "  chain:\n" + block(A, "direct"),
    ),
    (
        GATE % "any-error",
        GATE % "not-found",
    ),
    (
        "  chain: [{name: a, url: goproxy.acme.example, role: gatekeeper}, direct]\n",
        '  chain: [{name: a, url: "https://goproxy.acme.example", role: gatekeeper}, direct]\n',
    ),
    (
        "  chain: [direct]\n  egress: {https: 'egress.example:3128'}\n",
        "  chain: [direct]\n  egress: {https: 'http://egress.example:3128'}\n",
    ),
    (
        "  chain: [direct]\n  private:\n    modules:\n" + "      - git.acme.example/* # all\n",
        "  chain: [direct]\n  private:\n    modules:\n" + "      - git.acme.example # all\n",
    ),
    (
        "  chain: [direct]\n  private:\n    modules: [git.acme.example, ' git.b.example']\n",
        "  chain: [direct]\n  private:\n    modules: [git.acme.example, 'git.b.example']\n",
    ),
    (
        "  chain: [direct]\n  private:\n    modules: [git.acme.example, git.acme.example/*]\n",
        "  chain: [direct]\n  private:\n    modules: [git.acme.example]\n",
    ),
    (
        '  chain: [direct]\n  private: {modules: ["*.git.acme.example"]}\n',
        '  chain: [direct]\n  private: {modules: ["*.git.acme.example", git.acme.example]}\n',
    ),
    (
        "  chain: [direct]\n  private: {modules: [acme.example]}\n",
        '  chain: [direct]\n  private: {modules: [acme.example, "*.acme.example"]}\n',
    ),
    (
        "  chain: [direct]\n  private: {modules: [GIT.acme.example/...]}\n",
        "  chain: [direct]\n  private: {modules: [git.acme.example]}\n",
    ),
    (
        "  chain: [direct]\n  checksum: {database: https://sum.golang.org/}\n",
        "  chain: [direct]\n  checksum: {database: sum.golang.org}\n",
    ),
    (
        "  chain: [direct]\n  go: {flags: [-mod=mod, -trimpath, -mod=readonly]}\n",
        "  chain: [direct]\n  go: {flags: [-trimpath, -mod=readonly]}\n",
    ),
    (
        "  chain: [direct]\n  go:\n    flags:\n    - -mod=mod # was\n    # kept\n    - -mod=readonly\n",
        "  chain: [direct]\n  go:\n    flags:\n    # kept\n    - -mod=readonly\n",
    ),
    (
        "  chain: [direct]\n  go: {toolchain: go1.26+auto}\n",
        "  chain: [direct]\n  go: {toolchain: go1.26.0+auto}\n",
    ),
    (
        '  chain: [direct]\n  waivers:\n    - {rule: proxy-http, reason: r, owner: o, expires: "2099-01-01"}\n  targets: []\n',
        "  chain: [direct]\n  waivers: []\n  targets: []\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), FIXES, ids=range(len(FIXES)))
def test_a_fix_changes_what_it_is_about_and_nothing_else(before: str, after: str, tmp_path: Path) -> None:
    assert fixed(before, tmp_path) == after
    assert fixed(after, tmp_path) == after
    windows = before.replace("\n", "\r\n")
    assert fixed(windows, tmp_path) == after.replace("\n", "\r\n")


KEPT = [
    # Two keywords: which of them is meant to end the chain?
    f'  chain: [direct, "off", {A}]\n',
    # The two differ in more than their name.
    f"  chain: [{A}, {A.replace('name: a', 'name: c').replace('mirror', 'gatekeeper').replace('any-error', 'not-found')}, direct]\n",
    # Half of the world would become private.
    "  chain: [direct]\n  private: {modules: [github.com/*]}\n",
    # Nobody is made to trust more hosts.
    "  chain: [direct]\n  private: {insecure: [' old.acme.example']}\n",
    # Two fields are like it.
    "  chain: [direct]\n  targets: [{name: a, kind: sh, patch: a.sh, path: b.sh}]\n",
    # Credentials are a person's business.
    '  chain: [{name: a, url: "https://u:p@a.example", role: mirror}, direct]\n',
    "  chain: [direct\n",
    # What the comment is about would be gone.
    '  chain: [direct]\n  waivers:\n    # agreed:\n    - {rule: proxy-http, reason: r, owner: o, expires: "2099-01-01"}\n',
    '  chain: [direct]\n  waivers: [ # agreed\n    {rule: proxy-http, reason: r, owner: o, expires: "2099-01-01"}]\n',
    "  chain:\n    - - direct\n      - x\n",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_in_doubt_is_left_alone(text: str, tmp_path: Path) -> None:
    assert fixed(text, tmp_path) == text


def test_a_byte_order_mark_and_a_missing_newline_survive(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_bytes(b"\xef\xbb\xbf" + (HEAD + "  chain:\n    - direct\n    - " + A).encode())
    assert main(["validate", "-f", str(policy), "--fix"]) == 0
    assert policy.read_bytes() == b"\xef\xbb\xbf" + (HEAD + "  chain:\n    - " + A + "\n    - direct").encode()


def test_diff_shows_the_change_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(HEAD + "  chain: [off] # \u4e0d\n", encoding="utf-8")
    before = policy.read_bytes()
    for options in (["--diff"], ["--fix", "--diff"]):
        assert main(["validate", "-f", str(policy), *options]) == 3
        out, err = capsys.readouterr()
        assert '-  chain: [off] # \u4e0d\n+  chain: ["off"] # \u4e0d\n' in out
        assert "would fix: 1" in err
        assert policy.read_bytes() == before
    assert main(["validate", "-f", str(policy), "--fix"]) == 0
    assert main(["validate", "-f", str(policy), "--diff"]) == 0


def test_what_remains_decides_the_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(HEAD + "  chain: []\n  go: {minimum: 1.20}\n", encoding="utf-8")
    assert main(["validate", "-f", str(policy), "--diff"]) == 1
    assert main(["validate", "-f", str(policy), "--fix"]) == 1
    out = capsys.readouterr().out
    assert "fixed[yaml-quote]" in out
    assert "error[proxy-empty]" in out


def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_bytes(b"theirs\n")
    folder, name = open_folder("policy.yaml", tmp_path)
    with pytest.raises(StoreError, match="somebody changed it meanwhile"):
        write_back(folder, name, b"seen\n", b"ours\n")
    assert (tmp_path / "policy.yaml").read_bytes() == b"theirs\n"


def test_programs_are_told_what_was_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(HEAD + "  chain: [off]\n", encoding="utf-8")
    assert main(["validate", "-f", str(policy), "--fix", "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert [finding["rule"] for finding in body["fixed"]] == ["yaml-quote"]
    assert body["valid"]
    policy.write_text(HEAD + "  chain: [OFF]\n  go: {toolchain: lokal}\n", encoding="utf-8")
    assert main(["validate", "-f", str(policy), "--fix", "--format", "gitlab"]) == 1
    left = json.loads(capsys.readouterr().out)
    assert "toolchain-invalid" in {finding["check_name"] for finding in left}


def test_a_base_is_mended_where_it_is_and_keeps_its_waivers(tmp_path: Path) -> None:
    base, policy = tmp_path / "base.yaml", tmp_path / "policy.yaml"
    waiver = '  waivers: [{rule: proxy-http, reason: r, owner: o, expires: "2099-01-01"}]\n'
    base.write_text("apiVersion: goproxyctl/v1\nkind: PolicyBase\nspec:\n  chain: [OFF]\n" + waiver, encoding="utf-8")
    policy.write_text(
        "apiVersion: goproxyctl/v1\nkind: Policy\nmetadata: {name: a}\nextends: base.yaml\nspec: {targets: []}\n",
        encoding="utf-8",
    )
    assert main(["validate", "-f", str(policy), "--fix"]) == 0
    assert '  chain: ["off"]\n' + waiver in base.read_text(encoding="utf-8")


def test_an_edit_that_would_break_the_file_is_not_made() -> None:
    content = b"a: 1\nb: 2\n"
    twice = mend(content, [Edit("rename", "f", 1, 1, "b")])
    assert twice == (content, ())
    assert mend(b"a: [1\n", [Edit("write", "f", 1, 5, "2")]) == (b"a: [1\n", ())
    assert mend(content, [Edit("remove", "f", 1, 4)]) == (content, ())


def test_entries_that_share_their_lines_stay() -> None:
    text = "- - a\n  - b\n"
    outer = Listed(Span(0, 11), (Span(2, 11),), flow=False)
    inner = Listed(Span(2, 11), (Span(4, 5), Span(10, 11)), flow=False)
    assert remove_entry(text, outer, 0) is None
    assert remove_entry(text, inner, 0) is None
    assert put_last(text, inner, 0) is None
    assert add_entry(text, inner, 0, "c") is None


TODAY = dt.date(2026, 11, 22)
LINES = st.sampled_from(["", "# note", "   # note: [a, b", "#\u4e2d\u6587", "# '\"{"])
GLOBS = st.sampled_from(
    ["git.a.example", "'*.git.b.example'", '"*.git.c.example"', "git.d.example/*", '" e.example.com"', ".f.example.com"]
)
HOPS = st.sampled_from(
    [
        A,
        B,
        "direct",
        "DIRECT",
        "off",
        '"off"',
        "{name: c, url: c.example, role: mirror, fallback: any-error}",
        '{name: d, url: "https://d.example", role: gatekeeper, fallback: any-error}',
        '{name: e,  url: "https://a.example/",   role: mirror, fallback: any-error}',
    ]
)
FLAGS = st.sampled_from(["-mod=mod", "-mod=readonly", "-trimpath", '"-trimpath"'])


@st.composite
def lists(draw: st.DrawFn, entries: st.SearchStrategy[str], indent: str) -> str:
    """A list in one of the ways that people write lists, with notes in between."""
    values = draw(st.lists(entries, min_size=1, max_size=5))
    style = draw(st.sampled_from(["flow", "lines", "block"]))
    if style == "flow":
        return f" [{', '.join(values)}] {draw(LINES)}\n"
    if style == "lines":
        ends = [f"{indent}  {value}, {draw(LINES)}\n" for value in values]
        return f" [\n{''.join(ends)}{indent}]\n"
    notes = [f"{indent}{line}\n" if (line := draw(LINES)) else "" for _ in values]
    rows = [f"{note}{indent}- {value} {draw(LINES)}\n" for note, value in zip(notes, values, strict=True)]
    return "\n" + "".join(rows)


@st.composite
def policies(draw: st.DrawFn) -> str:
    """A policy with faults that can be mended, and notes wherever they may stand."""
    parts = [
        f"  chain:{draw(lists(HOPS, '    '))}",
        f"  {draw(st.sampled_from(['private', 'privat']))}:\n    modules:{draw(lists(GLOBS, '      '))}",
        f"  go:\n    minimum: {draw(st.sampled_from(['1.20', '1.26']))}\n    flags:{draw(lists(FLAGS, '    '))}",
    ]
    notes = [f"{line}\n" if (line := draw(LINES)) else "" for _ in parts]
    text = HEAD + "".join(note + part for note, part in zip(notes, draw(st.permutations(parts)), strict=True))
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


def mended(text: str) -> tuple[str, int]:
    """The policy after as many rounds as there is something to mend."""
    for count in range(20):
        found = problems(text, today=TODAY)
        done = mend(text.encode(), [p.edit for p in found if p.edit])
        if not done.done:
            return text, count
        text = done.content.decode()
    raise AssertionError(text)


@settings(max_examples=scaled(60, 3000))
@given(policies())
def test_fixes_keep_every_foreign_line_and_end(text: str) -> None:
    after, _ = mended(text)
    assert not [p for p in problems(after, today=TODAY) if p.rule.startswith("yaml-")], after
    assert mended(after) == (after, 0)
    assert after.count("\r\n") == (after.count("\n") if "\r\n" in text else 0)
    notes = [line.strip() for line in text.splitlines() if line.strip().startswith("#")]
    left = [line.strip() for line in after.splitlines()]
    assert all(note in left for note in notes), after
    assert not any(p.edit for p in problems(after, today=TODAY))

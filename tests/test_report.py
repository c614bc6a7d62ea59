"""Reports as a person and a program read them: exact text, widths, and formats that their readers accept."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from goproxyctl.errors import Position, Problem, Severity
from goproxyctl.plan import Plan
from goproxyctl.report.difference import Difference, difference_text
from goproxyctl.report.document import as_json, message
from goproxyctl.report.findings import findings_text, github_annotations, gitlab_report
from goproxyctl.report.markdown import MOST_MARKDOWN, difference_markdown
from goproxyctl.report.plan import plan_text
from goproxyctl.report.results import results_code, results_text
from goproxyctl.report.sarif import sarif_report
from goproxyctl.report.status import status_text
from goproxyctl.report.style import Paint, Style, aligned, harmless, joined, width
from goproxyctl.resource import Address, Change, Outcome, Place, Reason, Result, World
from goproxyctl.text import Text

PLAIN = Style()


def settings(*names: str) -> list[Address]:
    return [Address(Place.JSON_KEY, ".vscode/settings.json", ("go.toolsEnvVars", name)) for name in names]


def change(address: Address, reason: Reason = Reason.NEW, *, held: bool = False) -> Change:
    before = None if reason is Reason.NEW else b'"old"'
    return Change(address, before, None if reason is Reason.PRUNE else b'"new"', reason, "editors", held=held)


def file(path: str) -> Address:
    return Address(Place.FILE, path)


def plan(*changes: Change, **rest: object) -> Plan:
    fields = {"owner": "acme", "worlds": frozenset({World.TREE}), "prune": False, "changes": changes, **rest}
    return Plan(**fields)  # type: ignore[arg-type]  # a short way to write many plans


def test_a_plan_is_aligned_grouped_by_file_and_alike_members_share_a_row() -> None:
    foreign = settings("GOVCS")[0]
    found = plan(
        change(file("ci/goproxy.sh"), Reason.DRIFT),
        *map(change, settings("GOA", "GOB", "GOC", "GOD")),
        change(foreign, Reason.FOREIGN, held=True),
        change(file("old.sh"), Reason.PRUNE),
        in_sync=tuple(settings("X", "Y")),
        leftovers=(file("l"),),
        notes={foreign: Text("plan.foreign", "{address}: leave it", address=foreign)},
    )
    assert plan_text(found, str, PLAIN) == (
        "  ~ ci/goproxy.sh              drifted   editors\n"
        "    .vscode/settings.json\n"
        "  +   go.toolsEnvVars: 4 keys  new       editors\n"
        "  !   go.toolsEnvVars/GOVCS    not ours  editors\n"
        "  - old.sh                     prune     editors\n"
        "\n"
        "json-key:.vscode/settings.json#go.toolsEnvVars/GOVCS: leave it\n"
        "\n"
        "plan: 4 to create, 1 to update, 1 to delete, 1 held back, 2 in sync\n"
        "leftovers: 1 that the policy no longer wants; --prune deletes them\n"
    )


def test_a_note_that_holds_for_many_keys_is_said_once_for_a_file() -> None:
    held = settings("A", "B", "C")
    notes = {at: Text("plan.foreign", "{address}: leave it", address=at) for at in held}
    found = plan(*(change(at, Reason.FOREIGN, held=True) for at in held), notes=notes)
    assert plan_text(found, str, PLAIN).count("leave it") == 1
    assert "(and 2 more there)" in plan_text(found, str, PLAIN)


def test_status_is_one_line_when_everything_is_in_sync() -> None:
    assert status_text(plan(in_sync=(file("a"), file("b"))), str, PLAIN) == "in sync: 2\n"


def test_status_tells_drifted_and_pending_apart() -> None:
    found = plan(
        change(file("a"), Reason.DRIFT),
        change(file("b"), Reason.POLICY),
        change(file("c"), Reason.FOREIGN, held=True),
        change(file("d"), Reason.DRIFT, held=True),
    )
    assert status_text(found, str, PLAIN) == (
        "  drifted  pending  a\n"
        "  -        pending  b  policy changed\n"
        "  -        held     c  not ours\n"
        "  drifted  held     d\n"
        "\n"
        "2 drifted, 2 pending, 2 held back\n"
    )


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ([], 0),
        ([Outcome.DONE, Outcome.DONE], 0),
        ([Outcome.DONE, Outcome.FAILED], 4),
        ([Outcome.DONE, Outcome.HELD], 4),
        ([Outcome.MOVED, Outcome.HELD], 1),
        ([Outcome.FAILED], 1),
    ],
)
def test_the_exit_code_follows_from_the_results(outcomes: list[Outcome], code: int) -> None:
    assert results_code([Result(change(file(str(n))), outcome) for n, outcome in enumerate(outcomes)]) == code


def test_what_was_skipped_is_named_with_the_reason_once_for_a_file() -> None:
    why = Text("store.full", "no space left")
    results = [
        Result(change(file("a")), Outcome.DONE),
        *(Result(change(at), Outcome.FAILED, why) for at in settings("A", "B")),
    ]
    assert results_text(results, str, PLAIN) == (
        "    .vscode/settings.json\n"
        "  !   go.toolsEnvVars/A    failed\n"
        "  !   go.toolsEnvVars/B    failed\n"
        "\n"
        "skipped .vscode/settings.json: no space left (and 1 more there)\n"
        "\n"
        "1 done, 2 failed\n"
    )


def problem(source: str, column: int, marked: int = 1, file: str = "policy.yaml") -> Problem:
    at = Position(file, 6, column, source, marked)
    return Problem(at, "field-unknown", Severity.ERROR, Text("a", "unknown"), Text("b", "drop it"))


@pytest.mark.parametrize(
    ("source", "column", "marked", "excerpt"),
    [
        ("    - {nam: x}", 8, 3, "- {nam: x}\n      |    ^^^"),
        ("name: x", 1, 4, "name: x\n      | ^^^^"),
        ("\tname: x", 2, 4, "name: x\n      | ^^^^"),
        ("a: 代理 x", 7, 1, "a: 代理 x\n      |         ^"),
        ("a: 代理", 4, 2, "a: 代理\n      |    ^^^^"),
        ("a:", 3, 1, "a:\n      |   ^"),
        ("a: 1", 4, 500, "a: 1\n      |    ^"),
        ('u: "https://me:pw@h/x"', 4, 19, 'u: "https://***@h/x"\n      |    ^^^^^^^^^^^^^^^^^'),
        ("a: \x1b[31mred", 4, 3, "a: \\x1b[31mred\n      |    ^^^^^^"),
    ],
)
def test_the_mark_stands_below_what_it_marks(source: str, column: int, marked: int, excerpt: str) -> None:
    lines = findings_text([problem(source, column, marked)], str, PLAIN).split("\n\n")[0]
    assert lines == f"policy.yaml:6:{column}: error[field-unknown]: unknown; drop it\n    6 | {excerpt}"


@given(st.text(max_size=40), st.integers(1, 50), st.integers(0, 50))
def test_any_source_line_is_shown_without_control_characters(source: str, column: int, marked: int) -> None:
    shown = findings_text([problem(source.replace("\n", " "), column, marked)], str, PLAIN)
    assert not {unicodedata.category(c) for c in shown.replace("\n", "")} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text("ab 代理下载源，。（）：「」ｆｕｌｌéñ", max_size=30))
def test_width_is_what_rich_measures(text: str) -> None:
    assert width(text) == cell_len(text)


def test_columns_line_up_in_chinese_and_english() -> None:
    rows = aligned([["代理", "x"], ["gateway", "y"]])
    assert [width("  ".join(row)) for row in rows] == [10, 10]


def test_colour_adds_nothing_but_colour() -> None:
    found = plan(change(file("a"), Reason.DRIFT), change(settings("A")[0]))
    painted = plan_text(found, str, Style(colour=True))
    assert "\x1b[" in painted
    for code in {paint.value for paint in Paint} | {"0"}:
        painted = painted.replace(f"\x1b[{code}m", "")
    assert painted == plan_text(found, str, PLAIN)


def test_annotations_escape_what_would_end_them() -> None:
    evil = Problem(
        Position("a,b:c%.yaml", 1, 2), "r", Severity.WARNING, Text("a", "{x}", x="100%\n::error::x"), Text("b", "b")
    )
    line = github_annotations([evil])
    assert line == "::warning file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=r::100%25\\n::error::x; b\n"


def test_the_code_quality_report_has_what_gitlab_asks_for() -> None:
    rows = json.loads(gitlab_report([problem("a: 1", 1), problem("a: 1", 4), problem("a: 1", 1, file="b.yaml")]))
    assert all(row.keys() == {"description", "check_name", "fingerprint", "severity", "location"} for row in rows)
    assert len({row["fingerprint"] for row in rows}) == 3
    moved = Problem(Position("policy.yaml", 60, 1, "a: 1"), "field-unknown", Severity.ERROR, Text("a", "unknown"))
    assert json.loads(gitlab_report([moved]))[0]["fingerprint"] == rows[0]["fingerprint"]


def test_sarif_has_a_rule_and_a_region_for_every_result() -> None:
    run = json.loads(sarif_report([problem("a: 1", 1, 1, "dir with space/p.yaml")], "1.0"))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["field-unknown"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "dir%20with%20space/p.yaml"
    assert place["region"] == {"startLine": 6, "startColumn": 1, "endColumn": 2}


def test_json_is_ascii_and_holds_no_command_of_a_build_system() -> None:
    tree = {"a": "##vso[x]", "b": "代理", "c": message(Text("i", "{n} {t}", n=1, t=Text("j", "u:p@h")))}
    text = as_json(tree)
    assert text.isascii()
    assert "##" not in text
    assert json.loads(text)["a"] == "##vso[x]"
    assert json.loads(text)["c"]["values"] == {"n": 1, "t": {"id": "j", "text": "u:p@h", "values": {}}}


@pytest.mark.parametrize(
    ("line", "safe"),
    [
        ("::add-path::/x", "\\x3a:add-path::/x"),
        ("  ::add-path::/x", "  \\x3a:add-path::/x"),
        ("a ##vso[task]", "a \\x23#vso[task]"),
        ("+##[command]", "+\\x23#[command]"),
        ("a::b ## c #[x]", "a::b ## c #[x]"),
    ],
)
def test_commands_of_build_systems_are_broken_up(line: str, safe: str) -> None:
    assert harmless(line) == safe
    assert joined([line]) == f"{safe}\n"


def difference(*contents: tuple[str, bytes | None, bytes | None]) -> Difference:
    changes = [Change(file(path), before, after, Reason.POLICY, "ci") for path, before, after in contents]
    return Difference(changes, 3, Text("diff.since", "since {revision}", revision="v1"), {})


def test_markdown_survives_fences_tables_and_mentions() -> None:
    found = difference(("a|b`.md", b"```\n@all /merge <b>\n````\n", None), ("<x>&.sh", None, b"/approve\n"))
    text = difference_markdown(found, str)
    assert "`````diff\n" in text
    assert "| `a\\|b?.md` | deleted | ci |" in text
    assert "<code>&lt;x>&amp;.sh</code>" in text
    outside = "\n".join(part for n, part in enumerate(text.split("`````")) if n % 2 == 0)
    assert "@all" not in outside


def test_markdown_fits_a_comment_and_says_what_it_left_out() -> None:
    found = difference(*((f"f{n}.sh", None, b"x" * 70 + b"\n" * 300) for n in range(200)))
    text = difference_markdown(found, str)
    assert len(text) <= MOST_MARKDOWN + 200
    assert "more are not shown here" in text


def test_a_key_on_one_line_and_a_chain_hop_by_hop() -> None:
    before, after = b'"https://a.example,direct"', b'"https://a.example|https://b.example,direct"'
    chain, plain_key = settings("GOPROXY", "GOSUMDB")
    changes = [
        Change(chain, before, after, Reason.POLICY, "editors"),
        Change(plain_key, b'"off"', b'"sum.golang.org"', Reason.DRIFT, "editors"),
    ]
    assert difference_text(Difference(changes, 0, None, {}), str, PLAIN) == (
        ".vscode/settings.json  policy changed, drifted\n"
        "~ go.toolsEnvVars/GOPROXY\n"
        "~     1. https://a.example (next on any error; was: next on 404/410 only)\n"
        "+     2. https://b.example (next on 404/410 only)\n"
        "      3. direct (last)\n"
        "- go.toolsEnvVars/GOSUMDB = off\n"
        "+ go.toolsEnvVars/GOSUMDB = sum.golang.org\n"
        "\n"
        "differences: 2, in files: 1, the same: 0\n"
    )


def test_reports_are_pure() -> None:
    for path in (Path(__file__).parent.parent / "goproxyctl" / "report").glob("*.py"):
        text = path.read_text()
        assert not any(f"import {name}" in text for name in ("os", "sys", "socket", "subprocess", "pathlib", "click"))

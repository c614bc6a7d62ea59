"""Findings about a policy: as a person reads them, and as JSON, GitHub and GitLab read them."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from goproxyctl.errors import Problem, Severity
from goproxyctl.report.document import message
from goproxyctl.report.style import Paint, Style, Words, joined, width
from goproxyctl.text import Text, shown

SEVERITIES = {
    Severity.ERROR: (Text("severity.error", "error"), Paint.ERROR),
    Severity.WARNING: (Text("severity.warning", "warning"), Paint.WARNING),
    Severity.INFO: (Text("severity.info", "info"), Paint.NOTE),
}
#: Marks what may be the tail of a credential in a source line, wherever it begins: here nothing is too careful.
_BEFORE_AT = re.compile(r"[^\s\"'\[\]{},/]+@")
_TAB = 2


def findings_text(problems: Sequence[Problem], words: Words, style: Style) -> str:
    """Every finding with its source line, the place marked, and a count at the end."""
    lines = [line for problem in problems for line in (*_finding(problem, words, style), "")]
    fixable = sum(problem.edit is not None for problem in problems)
    hint = [words(Text("findings.fixable", "goproxyctl validate --fix mends {count} of them", count=fixable))]
    return joined([*lines, words(count_text(problems)), *(hint if fixable else ())] if problems else [])


def _finding(problem: Problem, words: Words, style: Style) -> Iterator[str]:
    at = problem.position
    severity, paint = SEVERITIES[problem.severity]
    where = f"{shown(at.file)}:{at.line}:{at.column}" if at.line else shown(at.file)
    what = words(problem.text)
    if problem.advice:
        what = words(Text("finding.advised", "{what}; {advice}", what=problem.text, advice=problem.advice))
    yield f"{style(where, Paint.STRONG)}: {style(f'{words(severity)}[{problem.rule}]', paint)}: {what}"
    if at.source.strip():
        yield from _excerpt(problem, style)


def _excerpt(problem: Problem, style: Style) -> Iterator[str]:
    """The source line and the mark below it, with the same indentation taken from both."""
    at = problem.position
    indent = min(len(at.source) - len(at.source.lstrip()), max(at.column - 1, 0))
    source = _line(at.source[indent:].rstrip())
    before = _line(at.source[indent : at.column - 1])
    marked = max(
        1, min(width(_line(at.source[at.column - 1 : at.column - 1 + at.width])), width(source) - width(before))
    )
    gutter = f"{at.line:>5} "
    yield f"{style(gutter + '|', Paint.FAINT)} {source}"
    mark = " " * width(before) + style("^" * marked, SEVERITIES[problem.severity][1])
    yield f"{style(' ' * len(gutter) + '|', Paint.FAINT)} {mark}"


def _line(source: str) -> str:
    return shown(_BEFORE_AT.sub("***@", source.replace("\t", " " * _TAB)))


def count_text(problems: Sequence[Problem]) -> Text:
    """How many of each severity."""
    counts = {severity.value: sum(p.severity is severity for p in problems) for severity in Severity}
    if counts["error"]:
        return Text("findings.errors", "errors: {error}, warnings: {warning}", **counts)
    return Text("findings.no-errors", "no errors; warnings: {warning}, remarks: {info}", **counts)


def findings_body(problems: Sequence[Problem]) -> dict[str, Any]:
    """The findings for a program. Shape: ``end_column`` is that of the last marked character."""
    return {"findings": [finding_body(problem) for problem in problems], "summary": message(count_text(problems))}


def finding_body(problem: Problem) -> dict[str, Any]:
    """One finding for a program. Shape: ``fixable``: whether ``validate --fix`` mends it."""
    at = problem.position
    return {
        "file": shown(at.file),
        "line": at.line,
        "column": at.column,
        "width": at.width,
        "rule": problem.rule,
        "severity": problem.severity.value,
        "message": message(problem.text),
        "advice": message(problem.advice) if problem.advice else None,
        "fixable": problem.edit is not None,
    }


def _sentence(problem: Problem) -> str:
    return f"{problem.text}; {problem.advice}" if problem.advice else str(problem.text)


def github_annotations(problems: Sequence[Problem]) -> str:
    """Workflow commands that put each finding beside its line. Source: actions/toolkit, core/src/command.ts."""
    names = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
    return "".join(
        f"::{names[p.severity]} file={_property(shown(p.position.file))},line={p.position.line},"
        f"col={p.position.column},title={_property(p.rule)}::{_escaped(_sentence(p))}\n"
        for p in problems
    )


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def gitlab_report(problems: Sequence[Problem]) -> str:
    """A Code Quality report. Source: docs.gitlab.com, ci/testing/code_quality, "Code Quality report format"."""
    weights = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
    rows = [
        {
            "description": _sentence(p),
            "check_name": p.rule,
            "fingerprint": _fingerprint(p),
            "severity": weights[p.severity],
            "location": {"path": shown(p.position.file), "lines": {"begin": max(p.position.line, 1)}},
        }
        for p in problems
    ]
    return json.dumps(rows, indent=2) + "\n"


def _fingerprint(problem: Problem) -> str:
    """The same for the same finding wherever its line moves to; no two of one report alike."""
    parts = [problem.rule, problem.position.file, problem.position.source.strip(), str(problem.text)]
    return hashlib.sha256("\0".join([*parts, str(problem.position.column)]).encode(errors="replace")).hexdigest()

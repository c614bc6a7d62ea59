"""Findings as SARIF 2.1.0, which GitHub code scanning and most editors read."""

import json
from collections.abc import Sequence
from typing import Any

from goproxyctl.errors import Problem, Severity
from goproxyctl.report.document import message
from goproxyctl.text import shown

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif_report(problems: Sequence[Problem], tool_version: str) -> str:
    """One run. Source: docs.oasis-open.org/sarif/sarif/v2.1.0."""
    rules = sorted({problem.rule for problem in problems})
    driver = {
        "name": "goproxyctl",
        "version": tool_version,
        "rules": [{"id": rule, "shortDescription": {"text": rule}} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules) for problem in problems],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(problem: Problem, rules: Sequence[str]) -> dict[str, Any]:
    at = problem.position
    words = f"{problem.text}; {problem.advice}" if problem.advice else str(problem.text)
    where: dict[str, Any] = {"artifactLocation": {"uri": _uri(shown(at.file))}}
    if at.line:
        where["region"] = {"startLine": at.line, "startColumn": at.column, "endColumn": at.column + max(at.width, 1)}
    return {
        "ruleId": problem.rule,
        "ruleIndex": rules.index(problem.rule),
        "level": _LEVELS[problem.severity],
        "message": {"text": words},
        "locations": [{"physicalLocation": where}],
        "properties": {"message": message(problem.text)},
    }


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/~")

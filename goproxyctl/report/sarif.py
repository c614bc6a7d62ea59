"""Findings as SARIF 2.1.0, which GitHub code scanning and most editors read."""

import json
from collections.abc import Sequence
from typing import Any

from goproxyctl.errors import Problem, Severity
from goproxyctl.report.document import message
from goproxyctl.rules.pages import Page
from goproxyctl.text import shown

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def sarif_report(problems: Sequence[Problem], tool_version: str) -> str:
    """One run. Source: docs.oasis-open.org/sarif/sarif/v2.1.0."""
    rules = sorted({problem.rule for problem in problems})
    driver = {
        "name": "goproxyctl",
        "version": tool_version,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules) for problem in problems],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str) -> dict[str, Any]:
    """A rule with its page, as code scanning shows it beside a finding."""
    from goproxyctl.rules.catalogue import catalogue, pages_of

    known = catalogue().get(name)
    if not known:
        return {"id": name, "shortDescription": {"text": name}}
    rule = next(iter(known.values()))
    return {
        "id": name,
        "shortDescription": {"text": str(rule.title)},
        "fullDescription": {"text": str(rule.why)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "help": _help(str(rule.why), [*pages_of(name).values()]),
    }


def _help(why: str, pages: Sequence[Page]) -> dict[str, str]:
    examples = [(head, example.text) for page in pages for head, example in (("Bad", page.bad), ("Good", page.good))]
    lines = [(head, "\n".join(shown(line) for line in text.rstrip().split("\n"))) for head, text in examples]
    return {
        "text": "\n\n".join([why, *(f"{head}:\n{text}" for head, text in lines)]),
        "markdown": "\n\n".join([why, *(f"{head}:\n\n```\n{text}\n```" for head, text in lines)]),
    }


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

"""What `validate --fix` mended, and what it would change: as lines, as a patch, as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from goproxyctl.diff import diff_contents
from goproxyctl.errors import Problem
from goproxyctl.report.difference import PAINTS, printed
from goproxyctl.report.findings import finding_body
from goproxyctl.report.style import Paint, Style, Words, harmless, joined
from goproxyctl.text import Text, shown


def fixed_text(done: Sequence[Problem], words: Words, style: Style) -> str:
    """A line for everything that was mended, and how much that is."""
    if not done:
        return joined([words(Text("fix.none", "nothing to fix")), ""])
    lines = [_line(problem, words, style) for problem in done]
    count = Text("fix.count", "fixed: {count}", count=len(done))
    return joined([*lines, style(words(count), Paint.STRONG), ""])


def _line(problem: Problem, words: Words, style: Style) -> str:
    at = problem.position
    where = style(f"{shown(at.file)}:{at.line}:{at.column}", Paint.STRONG)
    mark = style(words(Text("fix.fixed", "fixed[{rule}]", rule=problem.rule)), Paint.ADD)
    return f"{where}: {mark}: {words(problem.text)}"


def changes_text(files: Mapping[str, tuple[bytes, bytes]], words: Words, style: Style) -> str:
    """A unified diff of each file; what may be a credential is masked in it."""
    lines: list[str] = []
    for name, (before, after) in files.items():
        lines += [style(f"{mark} {shown(name)}", Paint.STRONG) for mark in ("---", "+++")]
        lines += [style(harmless(printed(line, words)), PAINTS.get(line.mark)) for line in diff_contents(before, after)]
    return joined(lines)


def fixed_body(done: Sequence[Problem]) -> dict[str, Any]:
    """What was mended, for a program; places are those before it was."""
    return {"fixed": [finding_body(problem) for problem in done]}

"""What `scan` found, as a person and as a program read it."""

from collections.abc import Sequence
from typing import Any

from goproxyctl.errors import Problem
from goproxyctl.report.document import message
from goproxyctl.report.findings import findings_body, findings_text
from goproxyctl.report.style import Paint, Style, Words, joined
from goproxyctl.text import Text, shown

#: Files that were not looked at, each with the reason.
Left = Sequence[tuple[str, Text]]


def scan_text(problems: Sequence[Problem], files: int, left: Left, words: Words, style: Style) -> str:
    """Every finding, then what was not looked at, and how many files were."""
    lines = [
        style(words(Text("scan.skipped", "{file}: not looked at: {why}", file=file, why=why)), Paint.FAINT)
        for file, why in left
    ]
    ending = Text("scan.files", "files looked at: {count}", count=files)
    if not problems:
        ending = Text("scan.clean", "files looked at: {count}; nothing is wrong", count=files)
    return findings_text(problems, words, style) + joined([*lines, style(words(ending), Paint.STRONG)])


def scan_body(problems: Sequence[Problem], files: int, left: Left) -> dict[str, Any]:
    """The same for a program."""
    skipped = [{"file": shown(file), "reason": message(why)} for file, why in left]
    return {"files": files, "skipped": skipped, **findings_body(problems)}

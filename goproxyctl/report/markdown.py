"""Differences as Markdown, fit for a comment on a merge request."""

from goproxyctl.report.difference import Difference, Part, difference_summary, parts, printed
from goproxyctl.report.rows import ACTIONS
from goproxyctl.report.style import Words, harmless
from goproxyctl.resource import Action
from goproxyctl.text import Text, shown

#: Units: characters. GitHub takes 65,536 in a comment; what is left out is counted.
MOST_MARKDOWN = 60_000


def difference_markdown(found: Difference, words: Words) -> str:
    """A comment for a merge request: a table of files, and each one's lines folded below."""
    change, apply = (
        Text("diff.markdown-title", "What this policy change does"),
        Text("diff.markdown-live", "What apply changes"),
    )
    title = change if found.since else apply
    lines = [f"### {words(title)}", "", _sentence(found, words)]
    listed = list(parts(found.changes, words))
    if listed:
        head = [
            Text("diff.markdown-file", "file"),
            Text("diff.markdown-change", "change"),
            Text("diff.markdown-targets", "targets"),
        ]
        lines += ["", f"| {' | '.join(map(words, head))} |", "|---|---|---|"]
        lines += [f"| {_code(part.container)} | {_actions(part, words)} | {_targets(part)} |" for part in listed]
    report = "\n".join(lines) + "\n"
    for number, part in enumerate(listed):
        details = _details(part, words)
        if len(report) + len(details) > MOST_MARKDOWN:
            left = Text("diff.markdown-more", "{count} more are not shown here; goproxyctl diff --from shows them",
                        count=len(listed) - number)  # fmt: skip
            return f"{report}\n{words(left)}\n"
        report += details
    return report


def _sentence(found: Difference, words: Words) -> str:
    said = words(difference_summary(found))
    return f"{said} ({_escaped(words(found.since))})" if found.since else said


def _actions(part: Part, words: Words) -> str:
    counts = {action: sum(change.action is action for change in part.changes) for action in Action}
    if len(part.changes) == 1:
        return words(ACTIONS[part.changes[0].action])
    said = [
        Text("diff.action-count", "{count} {action}", count=count, action=ACTIONS[action])
        for action, count in counts.items()
        if count
    ]
    return ", ".join(map(words, said))


def _targets(part: Part) -> str:
    return ", ".join(dict.fromkeys(_escaped(shown(change.target)) for change in part.changes))


def _code(text: str) -> str:
    return f"`{shown(text).replace('`', '?').replace('|', chr(92) + '|')}`"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>()#+!|~@" else c for c in text)


def _details(part: Part, words: Words) -> str:
    """Folded lines in a fence that is longer than any in them."""
    lines = [harmless(_highlighted(printed(line, words))) for line in part.lines]
    longest = max((len(run) for line in lines for run in _runs(line)), default=0)
    fence = "`" * max(3, longest + 1)
    body = "\n".join(lines)
    name = shown(part.container).replace("&", "&amp;").replace("<", "&lt;")
    return f"\n<details><summary><code>{name}</code></summary>\n\n{fence}diff\n{body}\n{fence}\n\n</details>\n"


def _highlighted(line: str) -> str:
    """``line`` with the sign that highlighters know for a changed one."""
    return f"!{line[1:]}" if line.startswith("~") else line


def _runs(line: str) -> list[str]:
    return "".join(c if c == "`" else " " for c in line).split()

"""Several clusters in one report: a section for each context, in the order asked, and one line that closes it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from goproxyctl.report.document import message
from goproxyctl.report.results import NOTHING_APPLIED, PARTLY_APPLIED
from goproxyctl.report.rows import enumerated
from goproxyctl.report.style import Paint, Style, Words, joined
from goproxyctl.text import Text, shown

T = TypeVar("T")

#: The exit code of one context whose cluster is not as the policy wants it, design.md 6.
DIFFERENCES = 3


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """What came of one context: an answer, an error, or as much of an answer as there was before the error.

    ``code``: the exit code that it would have alone.
    """

    context: str
    answer: T | None
    error: Text | None
    code: int


def sections(parts: Sequence[Part[T]], one: Callable[[T], str], words: Words, style: Style) -> str:
    """Each context with its report, as ``one`` makes it, and what went wrong."""
    return "\n".join("".join(_section(part, one, words, style)) for part in parts)


def _section(part: Part[T], one: Callable[[T], str], words: Words, style: Style) -> list[str]:
    head = words(Text("contexts.section", "context {name}", name=part.context))
    lines = [joined([style(head, Paint.STRONG)])]
    if part.answer is not None:
        lines.append(one(part.answer))
    if part.error:
        error = words(Text("cli.error", "error: {what}", what=part.error))
        lines.append(joined([style(error, Paint.ERROR)]))
    return lines


def closing_text(parts: Sequence[Part[Any]], words: Words, style: Style) -> str:
    """The line that closes the report."""
    return "\n" + joined([style(words(closing(parts)), Paint.STRONG)])


def closing(parts: Sequence[Part[Any]]) -> Text:
    """One line: how many contexts there are of each sort; those that failed are named."""
    counts = {code: sum(part.code == code for part in parts) for code in (0, DIFFERENCES, PARTLY_APPLIED)}
    failed = [part.context for part in parts if part.code == NOTHING_APPLIED]
    said = [
        (counts[0], Text("plan.in-sync-count", "{count} in sync", count=counts[0])),
        (counts[DIFFERENCES], Text("contexts.differ", "{count} with differences", count=counts[DIFFERENCES])),
        (counts[PARTLY_APPLIED], Text("contexts.partly", "{count} partly applied", count=counts[PARTLY_APPLIED])),
        (len(failed), Text("contexts.failed", "{count} failed ({names})", count=len(failed), names=", ".join(failed))),
    ]
    counted = enumerated([text for count, text in said if count])
    return Text("contexts.summary", "contexts: {count} ({counts})", count=len(parts), counts=counted)


def contexts_body(parts: Sequence[Part[T]], one: Callable[[T], Mapping[str, Any]]) -> dict[str, Any]:
    """The contexts for a program: ``report`` has the fields that the report of one cluster has."""
    return {
        "contexts": [
            {
                "context": shown(part.context),
                "code": part.code,
                "error": message(part.error) if part.error else None,
                "report": one(part.answer) if part.answer is not None else None,
            }
            for part in parts
        ],
        "summary": message(closing(parts)),
    }

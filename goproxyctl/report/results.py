"""What became of a plan: every change that was not made is named, with the reason."""

from collections.abc import Iterator, Sequence
from typing import Any

from goproxyctl.report.document import message
from goproxyctl.report.plan import HELD, change_body
from goproxyctl.report.rows import REASONS, Row, container_text, enumerated, rows_of
from goproxyctl.report.style import Paint, Style, Words, aligned, joined, stripped
from goproxyctl.resource import Action, Outcome, Place, Result
from goproxyctl.text import Text

OUTCOMES = {
    Outcome.DONE: Text("outcome.done", "done"),
    Outcome.MOVED: Text("outcome.moved", "moved since the plan"),
    Outcome.HELD: Text("outcome.held", "held back"),
    Outcome.FAILED: Text("outcome.failed", "failed"),
}
#: Exit codes, design.md 6.
NOTHING_APPLIED, PARTLY_APPLIED = 1, 4


def results_text(results: Sequence[Result], words: Words, style: Style) -> str:
    """What was not done and why, and how many were; the plan, which stands above, named the rest."""
    left = [result for result in results if result.outcome is not Outcome.DONE]
    summary = style(words(_summary(results)), Paint.STRONG)
    return joined([*_lines(left, words, style), *_details(left, words), summary, *_readers(results, words)])


def _readers(results: Sequence[Result], words: Words) -> Iterator[str]:
    """What is left to do where somebody may run the values that were there before."""
    if any(_changed_for_readers(result) for result in results):
        yield words(Text("result.readers", "pods read variables when they start: goproxyctl status --in cluster names "
                         "those that run older ones"))  # fmt: skip


def _changed_for_readers(result: Result) -> bool:
    change = result.change
    in_cluster = change.address.place is Place.KUBERNETES
    return in_cluster and result.outcome is Outcome.DONE and change.action is Action.UPDATE


def _lines(results: Sequence[Result], words: Words, style: Style) -> Iterator[str]:
    outcome = {result.change.address: result.outcome for result in results}
    changes = [result.change for result in results]
    rows = list(rows_of(changes, words, lambda c: (outcome[c.address], c.action)))
    cells = aligned([[row.where, _said(row, outcome, words)] for row in rows])
    for row, (where, said) in zip(rows, cells, strict=True):
        mark, paint = HELD if row.changes else (" ", None)
        yield stripped(f"  {style(mark, paint)} {where}  {style(said, paint)}")


def _said(row: Row, outcome: dict[Any, Outcome], words: Words) -> str:
    return words(OUTCOMES[outcome[row.changes[0].address]]) if row.changes else ""


def _details(results: Sequence[Result], words: Words) -> Iterator[str]:
    """Why something was not done: each reason once for a container."""
    seen: dict[tuple[str, str], list[Text]] = {}
    for result in results:
        detail = result.detail or REASONS[result.change.reason]
        seen.setdefault((result.change.address.container, detail.id), []).append(detail)
    if seen:
        yield ""
    for (container, _), details in seen.items():
        skipped = Text("result.skipped", "skipped {container}: {why}", container=container_text(container, words),
                       why=details[0])  # fmt: skip
        more = Text("report.more-there", "{note} (and {count} more there)", note=skipped, count=len(details) - 1)
        yield words(more if len(details) > 1 else skipped)
    if seen:
        yield ""


def _summary(results: Sequence[Result]) -> Text:
    counts = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    said = {
        Outcome.DONE: Text("result.done", "{count} done", count=counts[Outcome.DONE]),
        Outcome.MOVED: Text("result.moved", "{count} moved since the plan", count=counts[Outcome.MOVED]),
        Outcome.FAILED: Text("result.failed", "{count} failed", count=counts[Outcome.FAILED]),
        Outcome.HELD: Text("plan.held", "{count} held back", count=counts[Outcome.HELD]),
    }
    return enumerated([said[outcome] for outcome in said if counts[outcome] or outcome is Outcome.DONE])


def results_code(results: Sequence[Result]) -> int:
    """The exit code: 0 all done, 4 partly, 1 nothing of what was to be done."""
    done = sum(result.outcome is Outcome.DONE for result in results)
    if done == len(results):
        return 0
    return PARTLY_APPLIED if done else NOTHING_APPLIED


def results_body(results: Sequence[Result]) -> dict[str, Any]:
    """The results for a program."""
    return {
        "results": [
            {
                **change_body(result.change),
                "outcome": result.outcome.value,
                "detail": message(result.detail) if result.detail else None,
            }
            for result in results
        ],
        "summary": message(_summary(results)),
    }

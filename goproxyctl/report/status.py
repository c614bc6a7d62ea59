"""Where everything stands: two facts for each address, whether it drifted and whether a change is pending."""

from collections.abc import Iterator
from typing import Any

from goproxyctl.plan import Plan
from goproxyctl.report.document import message
from goproxyctl.report.plan import change_body, rest_lines
from goproxyctl.report.rows import REASONS, Row, enumerated, rows_of
from goproxyctl.report.style import Paint, Style, Words, aligned, joined, stripped
from goproxyctl.resource import Change, Reason
from goproxyctl.text import Text

DRIFTED = frozenset({Reason.DRIFT, Reason.REMOVED})


def drifted(change: Change) -> bool:
    """Whether what is there is no longer what we applied last."""
    return change.reason in DRIFTED


def status_text(plan: Plan, words: Words, style: Style) -> str:
    """A line for each container or key that is not in sync, and one that counts them."""
    lines = list(_lines(plan, words, style))
    blank = [""] if lines else []
    return joined([*lines, *blank, style(words(status_summary(plan)), Paint.STRONG), *rest_lines(plan, words)])


def _lines(plan: Plan, words: Words, style: Style) -> Iterator[str]:
    rows = list(rows_of(plan.changes, words, lambda c: (drifted(c), c.held, c.reason)))
    cells = aligned([[*_facts(row, words), row.where, _why(row, words)] for row in rows])
    for row, (first, second, where, why) in zip(rows, cells, strict=True):
        paint = None if not row.changes else Paint.NOTE if row.changes[0].held else Paint.CHANGE
        yield stripped(f"  {style(first, Paint.DELETE)}  {style(second, paint)}  {where}  {style(why, Paint.FAINT)}")


def _facts(row: Row, words: Words) -> tuple[str, str]:
    if not row.changes:
        return "", ""
    change = row.changes[0]
    nothing = "-"
    held, pending = Text("status.held", "held"), Text("status.pending", "pending")
    return (
        words(Text("status.drifted", "drifted")) if drifted(change) else nothing,
        words(held if change.held else pending),
    )


def _why(row: Row, words: Words) -> str:
    if not row.changes or row.changes[0].reason is Reason.DRIFT:
        return ""
    return words(REASONS[row.changes[0].reason])


def status_summary(plan: Plan) -> Text:
    """One line: how many of each."""
    if not plan.changes:
        return Text("status.in-sync", "in sync: {count}", count=len(plan.in_sync))
    counts = [
        Text("status.count-drifted", "{count} drifted", count=sum(map(drifted, plan.changes))),
        Text("status.count-pending", "{count} pending", count=len(plan.pending)),
        Text("plan.held", "{count} held back", count=len(plan.held)),
        Text("plan.in-sync-count", "{count} in sync", count=len(plan.in_sync)),
    ]
    return enumerated([text for text in counts if text.values["count"]])


def status_body(plan: Plan) -> dict[str, Any]:
    """The status for a program."""
    return {
        "owner": plan.owner,
        "worlds": sorted(world.value for world in plan.worlds),
        "counts": {
            "drifted": sum(map(drifted, plan.changes)),
            "pending": len(plan.pending),
            **{name: plan.counts()[name] for name in ("held", "in_sync", "lent", "leftovers", "unrecorded")},
        },
        "resources": [
            {"drifted": drifted(c), "pending": not c.held, **change_body(c, plan.notes.get(c.address))}
            for c in plan.changes
        ],
        "summary": message(status_summary(plan)),
    }

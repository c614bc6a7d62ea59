"""A plan as text and as JSON."""

from collections.abc import Iterator
from typing import Any

from goproxyctl.plan import Plan
from goproxyctl.report.document import address, message
from goproxyctl.report.rows import REASONS, Row, enumerated, rows_of
from goproxyctl.report.style import Paint, Style, Words, aligned, joined, stripped
from goproxyctl.resource import Action, Change
from goproxyctl.text import Text, shown

SYMBOLS = {Action.CREATE: ("+", Paint.ADD), Action.UPDATE: ("~", Paint.CHANGE), Action.DELETE: ("-", Paint.DELETE)}
HELD = ("!", Paint.NOTE)


def plan_text(plan: Plan, words: Words, style: Style) -> str:
    """The changes with their reasons, what is held and why, and how many there are of each."""
    lines = [*_change_lines(plan, words, style)]
    if lines:
        lines.append("")
    notes = list(_notes(plan, words))
    if notes:
        lines += [*notes, ""]
    return joined([*lines, style(words(summary(plan)), Paint.STRONG), *rest_lines(plan, words)])


def _change_lines(plan: Plan, words: Words, style: Style) -> Iterator[str]:
    rows = list(rows_of(plan.changes, words, lambda c: (c.action, c.reason, c.target, c.held)))
    cells = aligned([[row.where, *_reason_cells(row, words)] for row in rows])
    for row, (where, reason, target) in zip(rows, cells, strict=True):
        mark, paint = _mark(row)
        yield stripped(f"  {style(mark, paint)} {style(where, paint)}  {reason}  {style(target, Paint.FAINT)}")


def _reason_cells(row: Row, words: Words) -> tuple[str, str]:
    if not row.changes:
        return "", ""
    return words(REASONS[row.changes[0].reason]), shown(row.changes[0].target)


def _mark(row: Row) -> tuple[str, Paint | None]:
    if not row.changes:
        return " ", None
    return HELD if row.changes[0].held else SYMBOLS[row.changes[0].action]


def _notes(plan: Plan, words: Words) -> Iterator[str]:
    """Each note once for a container, however many keys it holds back there."""
    seen: dict[tuple[str, str], list[Text]] = {}
    for at, note in plan.notes.items():
        seen.setdefault((at.container, note.id), []).append(note)
    for notes in seen.values():
        more = Text("report.more-there", "{note} (and {count} more there)", note=notes[0], count=len(notes) - 1)
        yield words(more if len(notes) > 1 else notes[0])


def summary(plan: Plan) -> Text:
    """One line: what apply would do."""
    counts = plan.counts()
    if not plan.changes:
        return Text("plan.in-sync", "in sync: nothing to do ({count} as they should be)", count=counts["in_sync"])
    said = {
        "create": Text("plan.create", "{count} to create", count=counts["create"]),
        "update": Text("plan.update", "{count} to update", count=counts["update"]),
        "delete": Text("plan.delete", "{count} to delete", count=counts["delete"]),
        "held": Text("plan.held", "{count} held back", count=counts["held"]),
        "in_sync": Text("plan.in-sync-count", "{count} in sync", count=counts["in_sync"]),
    }
    return Text("plan.summary", "plan: {counts}", counts=enumerated([said[name] for name in said if counts[name]]))


def rest_lines(plan: Plan, words: Words) -> Iterator[str]:
    """What is left alone, and what a person may want to do about it."""
    counts = plan.counts()
    if counts["lent"]:
        yield words(Text("plan.lent", "lent: {count} moved by who may move them, left alone", count=counts["lent"]))
    if counts["leftovers"]:
        yield words(
            Text(
                "plan.leftovers",
                "leftovers: {count} that the policy no longer wants; --prune deletes them",
                count=counts["leftovers"],
            )
        )
    if counts["unrecorded"]:
        yield words(
            Text(
                "plan.unrecorded",
                "not recorded: {count} as they should be, but not put there by us; goproxyctl adopt records them",
                count=counts["unrecorded"],
            )
        )


def plan_body(plan: Plan) -> dict[str, Any]:
    """The plan for a program."""
    return {
        "owner": plan.owner,
        "worlds": sorted(world.value for world in plan.worlds),
        "prune": plan.prune,
        "counts": plan.counts(),
        "changes": [change_body(change, plan.notes.get(change.address)) for change in plan.changes],
        "lent": [address(at) for at in plan.lent],
        "leftovers": [address(at) for at in plan.leftovers],
        "unrecorded": [address(at) for at in plan.unrecorded],
        "summary": message(summary(plan)),
    }


def change_body(change: Change, note: Text | None = None) -> dict[str, Any]:
    """One change for a program: never its content."""
    return {
        "address": address(change.address),
        "action": change.action.value,
        "reason": change.reason.value,
        "target": shown(change.target),
        "held": change.held,
        "note": message(note) if note else None,
    }

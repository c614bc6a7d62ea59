"""What adopt records as ours, what it changes later, and what it leaves to others."""

from collections.abc import Mapping
from typing import Any

from goproxyctl.ledger import Adoption
from goproxyctl.report.document import address, message
from goproxyctl.report.rows import rows_of
from goproxyctl.report.style import Paint, Style, Words, aligned, joined, stripped
from goproxyctl.resource import Address, Change, Desired, Live, Reason
from goproxyctl.text import Text


def adoption_text(
    adoption: Adoption, desired: Desired, live: Mapping[Address, Live], words: Words, style: Style
) -> str:
    """A line for each container or key; what the next apply will change in it is said now."""
    changes = [
        Change(at, live[at].content, desired[at].content, Reason.FOREIGN, desired[at].target) for at in adoption.adopted
    ]
    rows = list(rows_of(changes, words, lambda c: c.before == c.after))
    differs, same = Text("adopt.differs", "apply will change it"), Text("adopt.same", "as the policy wants it")
    said = [
        words(same if row.changes[0].before == row.changes[0].after else differs) if row.changes else "" for row in rows
    ]
    cells = aligned([[row.where, what] for row, what in zip(rows, said, strict=True)])
    lines = [
        stripped(f"  {'=' if row.changes else ' '} {where}  {what}")
        for row, (where, what) in zip(rows, cells, strict=True)
    ]
    refused = [words(text) for text in adoption.refused.values()]
    blank = [""] if lines or refused else []
    return joined([*lines, *refused, *blank, style(words(adoption_summary(adoption)), Paint.STRONG)])


def adoption_summary(adoption: Adoption) -> Text:
    """One line: how many."""
    if not adoption.adopted and not adoption.refused:
        return Text("adopt.nothing", "nothing to adopt: what is there and wanted is ours already")
    return Text(
        "adopt.summary",
        "adopt: {count} to record, {refused} that belong to others",
        count=len(adoption.adopted),
        refused=len(adoption.refused),
    )


def adoption_body(adoption: Adoption) -> dict[str, Any]:
    """The adoption for a program."""
    return {
        "adopted": [address(at) for at in adoption.adopted],
        "refused": [{"address": address(at), "why": message(text)} for at, text in adoption.refused.items()],
        "summary": message(adoption_summary(adoption)),
    }

"""Who still runs older values than the cluster has, and how they come to the new ones."""

from collections.abc import Iterator
from typing import Any

from goproxyctl.formats.kubepod import Old, OldPods
from goproxyctl.report.document import message
from goproxyctl.report.style import Paint, Style, Words, aligned, joined, stripped
from goproxyctl.text import Text, shown

#: More workloads than this are counted, not shown.
MOST = 50


def old_pods_text(old: OldPods | None, words: Words, style: Style, *, pending: bool) -> str:
    """A line for each workload, and what to do; nothing where there is nothing to tell.

    ``pending``: what is in the cluster is not what it will be after an apply, so that a restart now is too early.
    """
    lines = list(_lines(old, words, style, pending=pending)) if old else []
    return joined(["", *lines]) if lines else ""


def _lines(old: OldPods, words: Words, style: Style, *, pending: bool) -> Iterator[str]:
    if old.found:
        yield style(words(old_pods_summary(old)), Paint.STRONG)
        if pending:
            yield words(Text("old.apply-first", "run goproxyctl apply --in cluster first: a pod that is restarted now "
                             "would read what is to be changed"))  # fmt: skip
        yield from _rows(old, words, style)
    if len(old.found) > MOST:
        more = len(old.found) - MOST
        yield "  " + words(Text("old.more", "and {count} more; --format json names them all", count=more))
    if old.unseen:
        yield words(_unseen(old))


def _rows(old: OldPods, words: Words, style: Style) -> Iterator[str]:
    rows = [
        [_where(one), words(_count(one)), words(Text("old.since", "since {time}", time=one.since)), _advice(one, words)]
        for one in old.found[:MOST]
    ]
    for where, count, since, advice in aligned(rows):
        yield stripped(f"  {style(where, Paint.CHANGE)}  {count}  {since}  {style(advice, Paint.FAINT)}")


def _where(old: Old) -> str:
    whose = old.workload
    return shown(f"{whose.namespace}/{whose.kind.lower()}/{whose.name}")


def _count(old: Old) -> Text:
    return Text("old.pods", "old pods: {count}", count=old.pods)


def _advice(old: Old, words: Words) -> str:
    """How the workload comes to the values that are there now."""
    whose = old.workload
    if whose.restart:
        return whose.restart
    if whose.kind == "Job":
        return words(Text("old.job", "it ends by itself; a new Job reads the new values"))
    if whose.kind == "Pod":
        return words(Text("old.pod", "nothing makes it anew; delete it, and create it again"))
    return words(Text("old.delete", "delete its pods, so that it makes new ones"))


def old_pods_summary(old: OldPods) -> Text:
    """One line: how many."""
    return Text("old.summary", "still on old values: {count} workloads, whose pods started before the ConfigMap "
                "changed", count=len(old.found))  # fmt: skip


def _unseen(old: OldPods) -> Text:
    return Text("old.unseen", "namespaces whose pods are not known: {count} ({why}); to see who still runs old values, "
                "ask for the right to list pods", count=len(old.unseen), why=old.why)  # fmt: skip


def old_pods_body(old: OldPods | None) -> dict[str, Any]:
    """The same for a program; nothing of it where no cluster was looked at."""
    if old is None:
        return {}
    return {
        "old_pods": {
            "workloads": [_body(one) for one in old.found],
            "unseen": list(old.unseen),
            "summary": message(old_pods_summary(old)),
            "note": message(_unseen(old)) if old.unseen else None,
        }
    }


def _body(old: Old) -> dict[str, Any]:
    whose = old.workload
    return {
        "namespace": whose.namespace,
        "kind": shown(whose.kind),
        "name": shown(whose.name),
        "pods": old.pods,
        "since": old.since,
        "restart": whose.restart,
    }

"""``goproxyctl status``."""

from typing import TYPE_CHECKING, Any

from goproxyctl.cli.app import command as named
from goproxyctl.cli.options import LOOKING, PRUNE, REGISTRY, Selection, selecting
from goproxyctl.cli.shell import Shell

if TYPE_CHECKING:
    from goproxyctl.cli.session import Session
    from goproxyctl.formats.kubepod import OldPods
    from goproxyctl.plan import Plan
    from goproxyctl.report.style import Style, Words

    Found = tuple[Plan, OldPods | None]


@named("status", example="goproxyctl status --in all\ngoproxyctl status --in cluster --context 'prod-*'")
@selecting((*LOOKING, PRUNE, REGISTRY), "text", "json")
def command(shell: Shell, selection: Selection) -> int:
    """Tells what drifted and what is pending; of a cluster also who still runs older values."""
    from goproxyctl.cli.looking import View, look

    return look(shell, selection, _ask, View("status", _body, _text, lambda found: bool(found[0].changes)))


def _ask(session: "Session") -> "Found":
    plan = session.plan(session.wanted(), session.ledgers.load())
    return plan, session.old_pods(plan)


def _body(found: "Found") -> dict[str, Any]:
    from goproxyctl.report.oldpods import old_pods_body
    from goproxyctl.report.status import status_body

    plan, old = found
    return {**status_body(plan), **old_pods_body(old)}


def _text(found: "Found", words: "Words", style: "Style") -> str:
    from goproxyctl.report.oldpods import old_pods_text
    from goproxyctl.report.status import status_text

    plan, old = found
    return status_text(plan, words, style) + old_pods_text(old, words, style, pending=bool(plan.changes))

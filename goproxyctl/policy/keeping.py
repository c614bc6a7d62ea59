"""The expectations of a policy, and of a file beside it, tried: what is not kept, and where it is promised."""

from collections.abc import Sequence

from goproxyctl.errors import Problem, Severity
from goproxyctl.policy.check import check
from goproxyctl.policy.complaints import Complaints, is_name
from goproxyctl.policy.expect import AT, ExpectationsDocument
from goproxyctl.policy.intents import entries, texts
from goproxyctl.policy.loaded import Policy
from goproxyctl.policy.nodes import Fields, Node, Scalar, begins, find, nearest, text_at
from goproxyctl.policy.parse import parse_document
from goproxyctl.policy.stances import make_stages
from goproxyctl.rules.expect import Expectation
from goproxyctl.rules.expecting import judge
from goproxyctl.rules.samples import Stage


def find_unkept(policy: Policy, flags: Sequence[str]) -> list[Problem]:
    """What is wrong with the expectations in ``policy``; ``flags``: how the command line names it."""
    return _judged(policy.trees[None], AT, policy.sources, make_stages(policy, flags))


def find_unkept_beside(policy: Policy, flags: Sequence[str], file: str, content: bytes) -> list[Problem]:
    """What is wrong with the ``file`` of expectations beside ``policy``."""
    complaints = Complaints()
    root = parse_document(file, content, complaints)
    if root is None:
        return list(complaints.sorted())
    for wrong in check(ExpectationsDocument, root).wrong:
        name = begins(root, wrong.path, name=True) if wrong.at_key else None
        # what follows a name that nobody knows may be a secret, so only the name is shown
        at = complaints.position(name, name.width if is_name(str(wrong.path[-1])) else 0) if name else None
        complaints.add(wrong.rule, at or nearest(root, wrong.path), wrong.text, wrong.advice)
    if complaints.problems:
        return list(complaints.sorted())
    return _judged(root, ("expect",), complaints, make_stages(policy, flags))


def _judged(root: Node, at: tuple[str, ...], sources: Complaints, stages: Sequence[Stage]) -> list[Problem]:
    """Each expectation that is not kept, where it stands."""
    return [
        Problem(
            sources.position(nearest(root, (*at, index, *([unkept.field] if unkept.field else [])))),
            unkept.rule,
            Severity.ERROR,
            unkept.text,
            unkept.advice,
        )
        for index, entry in enumerate(entries(root, *at))
        for unkept in judge(_seen(entry), stages)
    ]


def _seen(entry: Node) -> Expectation:
    """The expectation as rules see it; its shape is right."""
    down = find(entry, ("down",))
    met = down.nodes.items() if isinstance(down, Fields) else ()
    return Expectation(
        text_at(entry, "module"),
        text_at(entry, "profile"),
        texts(entry, "reaches") if find(entry, ("reaches",)) else None,
        text_at(entry, "survives"),
        texts(entry, "outcomes") if find(entry, ("outcomes",)) else None,
        tuple((word, node.text) for word, node in met if isinstance(node, Scalar)) if down else None,
        text_at(entry, "result"),
    )

"""A saved plan: what was reviewed, as sums. It is never carried out itself; apply plans again and compares."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple

from goproxyctl.errors import StalePlanError
from goproxyctl.plan import Plan
from goproxyctl.resource import Change, Desired, World, content_sum
from goproxyctl.text import Text

VERSION = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a saved plan. ``before`` and ``after`` are SHA-256 sums; None: nothing."""

    address: str
    reason: str
    before: str | None
    after: str | None
    held: bool


class Asked(NamedTuple):
    """What the command line asked for beside worlds and prune, so that apply asks for the same."""

    targets: tuple[str, ...] = ()
    profile: str | None = None
    max_deletes: int | None = None


NOTHING_ASKED = Asked()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A saved plan. ``desired`` is one sum over all that the policy wants in ``worlds``."""

    tool: str
    owner: str
    worlds: frozenset[World]
    prune: bool
    asked: Asked
    desired: str
    steps: tuple[Step, ...]


def seal(plan: Plan, desired: Desired, *, tool: str, asked: Asked = NOTHING_ASKED) -> bytes:
    """The plan as it may be saved: readable, the same bytes for the same plan, no content."""
    document = {
        "kind": "goproxyctl plan",
        "version": VERSION,
        "tool": tool,
        "owner": plan.owner,
        "worlds": sorted(world.value for world in plan.worlds),
        "prune": plan.prune,
        "asked": asked._asdict(),
        "desired": _desired_sum(plan, desired),
        "steps": [asdict(_step(change)) for change in plan.changes],
    }
    return (json.dumps(document, indent=2) + "\n").encode()


def _step(change: Change) -> Step:
    before, after = (content_sum(c) if c is not None else None for c in (change.before, change.after))
    return Step(str(change.address), change.reason.value, before, after, change.held)


def _desired_sum(plan: Plan, desired: Desired) -> str:
    rows = [
        [str(address), content_sum(resource.content), resource.target, resource.lent]
        for address, resource in desired.items()
        if address.world in plan.worlds
    ]
    return content_sum(json.dumps(sorted(rows)).encode())


def open_seal(text: bytes, where: str = "plan") -> Sealed:
    """The saved plan in ``text``. Raises: StalePlanError when it is none, or of a newer version."""
    try:
        return _parse(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StalePlanError(
            Text("saved.garbage", "{where}: this is not a saved plan of this goproxyctl; plan again", where=where)
        ) from error


def _parse(tree: Mapping[str, object]) -> Sealed:
    match tree:
        case {
            "kind": "goproxyctl plan",
            "version": 1,
            "tool": str(tool),
            "owner": str(owner),
            "worlds": list(worlds),
            "prune": bool(prune),
            "asked": {
                "targets": list(targets),
                "profile": str() | None as profile,
                "max_deletes": int() | None as most,
            },
            "desired": str(desired),
            "steps": list(steps),
        }:
            places = frozenset(World(world) for world in worlds)
            asked = Asked(tuple(map(str, targets)), profile, most)
            return Sealed(tool, owner, places, prune, asked, desired, tuple(Step(**step) for step in steps))
    raise ValueError


def check_seal(sealed: Sealed, plan: Plan, desired: Desired, *, tool: str) -> None:
    """Refuses a saved plan when ``plan``, made now for the same worlds, is not the same any more, and says which moved.

    Raises: StalePlanError: the tool, the policy or the world moved since it was saved.
    """
    if sealed.tool != tool:
        raise StalePlanError(
            Text(
                "saved.tool-moved",
                "saved plan: made by goproxyctl {then}, this is {now}; plan again",
                then=sealed.tool,
                now=tool,
            )
        )
    if sealed.owner != plan.owner:
        raise StalePlanError(
            Text(
                "saved.owner-moved",
                "saved plan: made for the policy {then}, this is {now}; name the right policy with -f",
                then=sealed.owner,
                now=plan.owner,
            )
        )
    if sealed.desired != _desired_sum(plan, desired):
        raise StalePlanError(
            Text("saved.policy-moved", "saved plan: the policy wants something else since it was made; plan again")
        )
    moved = _moved(sealed.steps, tuple(_step(change) for change in plan.changes))
    if moved or (sealed.worlds, sealed.prune) != (plan.worlds, plan.prune):
        raise StalePlanError(
            Text(
                "saved.world-moved",
                "saved plan: something changed since it was made, at {addresses}; plan again",
                addresses=", ".join(moved) or "-",
            )
        )


def _moved(then: tuple[Step, ...], now: tuple[Step, ...]) -> list[str]:
    """The addresses whose steps differ, the first few of them."""
    return sorted({step.address for step in set(then) ^ set(now)})[:5]

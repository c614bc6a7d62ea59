"""What rules see of a policy, and what they say about it."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from goproxyctl.errors import Act
from goproxyctl.intent import Intent
from goproxyctl.targets.base import Target
from goproxyctl.text import Text

#: Steps from ``spec`` to a field.
FieldPath = tuple[str | int, ...]


class Fix(NamedTuple):
    """A change of the policy's text that does what the rule asks for, and nothing that anyone would have to agree on.

    ``act`` on the value at ``path``: "write" ``text`` in its place, or in that of its name ("rename"); "remove" this
    entry of a list, put it "last", or put the entry ``text`` "after" it.
    """

    act: Act
    path: FieldPath
    text: str = ""


class Finding(NamedTuple):
    """A remark about the field at ``path``, below ``spec`` as ``profile`` sees it.

    ``target``: the one target it is about. ``fix``: what mends it, when that is beyond doubt.
    """

    path: FieldPath
    text: Text
    advice: Text | None = None
    target: str | None = None
    profile: str | None = None
    fix: Fix | None = None


class Stance(NamedTuple):
    """The settings of the policy (``profile`` None) or of one profile of it, as an intent that has no target yet.

    ``ends``: where the keywords (direct, off) stand in the chain; ``size``: its length, None when no chain is given.
    ``fetch_stated``: whether somebody wrote how private modules are fetched.
    """

    profile: str | None
    intent: Intent
    ends: tuple[int, ...] = ()
    size: int | None = None
    hop_at: tuple[int, ...] = ()
    private_samples: tuple[str, ...] = ()
    public_samples: tuple[str, ...] = ()
    fetch_stated: bool = False


class Waiver(NamedTuple):
    """A finding that is accepted until ``expires``, of one target or of all."""

    rule: str
    target: str | None
    expires: str


class Subject(NamedTuple):
    """A policy as rules see it.

    ``profiles``: the names that exist. ``targets`` and ``waivers``: those whose shape is right, by
    their place in the list. ``target_names``: of all of them. ``today``: None when expiry is not asked for.
    """

    stances: tuple[Stance, ...]
    targets: Mapping[int, Target]
    target_names: tuple[str, ...]
    profiles: tuple[str, ...]
    waivers: Mapping[int, Waiver]
    default_profile: str | None
    today: dt.date | None

    def stance_of(self, target: Target) -> Stance | None:
        """The settings that ``target`` gets."""
        profile = target.profile or self.default_profile
        return next((stance for stance in self.stances if stance.profile == profile), None)


Findings = Iterator[Finding]

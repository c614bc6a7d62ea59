"""A policy that has been read and found right."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from goproxyctl.errors import Position, Problem
from goproxyctl.intent import Facts, Intent
from goproxyctl.policy.complaints import Complaints
from goproxyctl.policy.nodes import FieldPath, Fields, find, nearest
from goproxyctl.targets.base import Target
from goproxyctl.text import Text


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy. ``file``: its name in messages. ``problems``: warnings and remarks; errors would have been raised.

    ``profile``: the one that targets get which name none. ``trees``: the document as each profile sees it.
    """

    owner: str
    file: str
    targets: tuple[Target, ...]
    problems: tuple[Problem, ...]
    profile: str | None
    intents: Mapping[str | None, Intent] = field(repr=False)
    trees: Mapping[str | None, Fields] = field(repr=False)
    sources: Complaints = field(repr=False)

    def intent(self, target: Target) -> Intent:
        """All that ``target`` may know, with its profile applied."""
        return self.intents[target.profile or self.profile]._replace(target=target.name)

    @property
    def asks(self) -> bool:
        """Whether a target has to be told of the world, and nobody did."""
        return any(target.asks and self.intent(target).facts is None for target in self.targets)

    def knowing(self, facts: Facts) -> "Policy":
        """The policy, its targets told of the world."""
        return replace(self, intents={name: intent._replace(facts=facts) for name, intent in self.intents.items()})

    def position(self, path: FieldPath, profile: str | None = None) -> Position:
        """Where the field at ``path`` (from the top of the document) stands, or what is nearest to it."""
        return self.sources.position(nearest(self.trees[profile], path))

    def unknown_target(self, name: str) -> Text:
        """What to say of ``--target name`` where there is none of that name."""
        known = ", ".join(target.name for target in self.targets)
        return Text(
            "cli.unknown-target",
            "--target {name}: the policy has no such target; it has {names}",
            name=name,
            names=known,
        )

    def target_position(self, name: str) -> Position:
        """Where the target called ``name`` stands."""
        index = next(index for index, target in enumerate(self.targets) if target.name == name)
        return self.position(("spec", "targets", index, "name"))

    def source(self, path: FieldPath, profile: str | None = None) -> str | None:
        """Which layer set the field at ``path``: a file, or ``profile NAME``; None when nothing sets it."""
        own = find(self.trees[None], ("spec", "profiles", profile, *path[1:])) if profile else None
        if own is not None:
            return f"profile {profile}"
        node = find(self.trees[None], path)
        return node.mark.file if node else None

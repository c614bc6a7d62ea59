"""Every error raised on purpose.

GoproxyctlError            the job cannot go on; carries one Text (exit code 1)
├── PolicyError            the policy is wrong; carries every Problem that was found
├── UnfitError             a target cannot carry what the policy says
├── StoreError             a place cannot be read or written
├── LockedError            someone else is applying to this world
├── StalePlanError         a saved plan no longer fits the world, the policy or the tool
└── UnsafePlanError        the plan deletes more than it may without being told
"""

from collections.abc import Sequence
from enum import Enum
from typing import Literal, NamedTuple

from goproxyctl.text import Text


class Severity(Enum):
    """How much a finding weighs: an error stops validate, render, plan and apply."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Position(NamedTuple):
    """A place in a policy file.

    Units: line and column count from 1, in characters; width is that of the marked text.
    """

    file: str
    line: int
    column: int
    source: str = ""
    width: int = 1


#: What can be done to a value of a policy to mend it.
Act = Literal["write", "rename", "remove", "last", "after"]


class Edit(NamedTuple):
    """A change of a policy's text: ``act`` on what begins at ``line`` and ``column``, with ``text`` where it takes one.

    Units: line and column count from 1, in characters.
    """

    act: Act
    file: str
    line: int
    column: int
    text: str = ""


class Problem(NamedTuple):
    """A finding with its place in the policy. ``text`` says what is wrong; ``advice`` what to do.

    ``edit``: what mends it, when that is beyond doubt.
    """

    position: Position
    rule: str
    severity: Severity
    text: Text
    advice: Text | None = None
    edit: Edit | None = None


class GoproxyctlError(Exception):
    """The job cannot go on, and the person can do something about it."""

    def __init__(self, text: Text) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return str(self.text)


class PolicyError(GoproxyctlError):
    """The policy is wrong; ``problems`` holds all that was found, in file order (warnings too)."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(Text("policy.invalid", "the policy has {count} problems", count=len(problems)))
        self.problems = tuple(problems)


class UnfitError(GoproxyctlError):
    """A target cannot carry what the policy says; `make_desired` says at which one."""


class StoreError(GoproxyctlError):
    """A place cannot be read or written."""


class LockedError(GoproxyctlError):
    """Someone else is applying to this world."""


class StalePlanError(GoproxyctlError):
    """A saved plan no longer fits the world, the policy or the tool."""


class UnsafePlanError(GoproxyctlError):
    """The plan deletes more than it may without being told."""

"""What rules about a machine and rules about a repository see, and what they say about it."""

from typing import NamedTuple

from goproxyctl.errors import Position
from goproxyctl.gosem.layers import Layers
from goproxyctl.gosem.version import NEWEST, GoVersion
from goproxyctl.gosem.views import Hives
from goproxyctl.text import Text


class Surroundings(NamedTuple):
    """All that a run of go takes its settings from, on one machine.

    ``env_file_name``: what messages call the file of ``go env -w``; ``env_file_bytes``: its content, None when there is
    none. ``hives``: the registry, where it was read.
    """

    layers: Layers
    go: GoVersion = NEWEST
    env_file_name: str = ""
    env_file_bytes: bytes | None = None
    hives: Hives | None = None


class Sighting(NamedTuple):
    """What a rule found: about ``variable`` ("" when it is about none), at ``position`` when it stands in a file."""

    rule: str
    variable: str
    position: Position | None
    text: Text
    advice: Text | None = None

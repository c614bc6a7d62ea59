"""windows-environment: variables in the registry of Windows, for every program that starts from then on."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from goproxyctl.formats.reg import ENVIRONMENTS
from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.windows_registry import EnvironmentTarget


class WindowsEnvironment(EnvironmentTarget):
    """The environment of a user or of the machine in the registry, told to running programs, never with setx."""

    kind: Literal["windows-environment"] = Field(
        description="The variables in the registry, for programs that start from then on."
    )

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """One resource for each variable; its type is part of its content."""
        for name, content in self.values(intent).items():
            yield Resource(Address(Place.REGISTRY, ENVIRONMENTS[self.scope], (name,)), content, intent.target)

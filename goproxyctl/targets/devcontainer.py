"""devcontainer: members of a devcontainer.json that people own."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, PosixFile, Target, json_content
from goproxyctl.targets.vscode_settings import JsonPath


class DevContainer(Target):
    """The variables in a devcontainer.json, for the whole container or for the editor in it."""

    #: Source: containers.dev/implementors/json_reference, variables in devcontainer.json.
    expands: ClassVar[tuple[str, ...]] = ("${",)

    kind: Literal["devcontainer"] = Field(description="The variables in a devcontainer.json.")
    path: JsonPath = Field(
        default=".devcontainer/devcontainer.json", description="The devcontainer.json, relative to the policy."
    )
    scope: Literal["containerEnv", "remoteEnv"] = Field(
        default="containerEnv",
        description="containerEnv: the whole container, from when it is created; remoteEnv: the editor and its "
        "terminals, without building again.",
        examples=["remoteEnv"],
    )
    ca_file: PosixFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """One resource for each variable; all other members of the file are people's."""
        for name, value in self.checked(intent.variables(self.ca_file)).items():
            address = Address(Place.JSON_KEY, self.path, (self.scope, name))
            yield Resource(address, json_content(value), intent.target)

"""vscode-settings: members of a settings.json that people own."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import Target, in_folder, json_content, script_name

JsonPath = Annotated[
    str, Field(pattern=in_folder(script_name("json")), max_length=1024, examples=[".vscode/settings.json"])
]
Terminal = Literal["linux", "osx", "windows"]


class VSCodeSettings(Target):
    """The variables in VS Code's settings, for its Go extension and for its terminals."""

    #: Source: code.visualstudio.com/docs/editor/variables-reference; golang/vscode-go resolves them in toolsEnvVars.
    expands: ClassVar[tuple[str, ...]] = ("${",)

    kind: Literal["vscode-settings"] = Field(
        description="The variables in VS Code's settings, for its Go extension and for its terminals."
    )
    path: JsonPath = Field(default=".vscode/settings.json", description="The settings.json, relative to the policy.")
    terminals: tuple[Terminal, ...] = Field(
        default=("linux", "osx", "windows"),
        description="The systems whose terminals get the variables too, each once; none with an empty list.",
        examples=[["windows"]],
    )

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """One resource for each variable and map; all other members of the file are people's."""
        maps = ["go.toolsEnvVars", *(f"terminal.integrated.env.{system}" for system in sorted(set(self.terminals)))]
        variables = self.checked(intent.variables())
        for member in maps:
            for name, value in variables.items():
                address = Address(Place.JSON_KEY, self.path, (member, name))
                yield Resource(address, json_content(value), intent.target)

"""vscode-launch: members of a launch.json that people own."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Match, Place, Resource
from goproxyctl.targets.base import Target, in_folder, json_content, script_name

LaunchPath = Annotated[
    str, Field(pattern=in_folder(script_name("json")), max_length=1024, examples=[".vscode/launch.json"])
]
#: The name is people's and may be in any script; controls and halves of characters are in none.
Configuration = Annotated[
    str, Field(pattern=r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$", max_length=200, examples=["Launch Package"])
]


class VSCodeLaunch(Target):
    """The variables in debug configurations of VS Code's launch.json."""

    #: Source: code.visualstudio.com/docs/editor/variables-reference.
    expands: ClassVar[tuple[str, ...]] = ("${",)

    kind: Literal["vscode-launch"] = Field(description="The variables in debug configurations of VS Code.")
    path: LaunchPath = Field(default=".vscode/launch.json", description="The launch.json, relative to the policy.")
    configurations: tuple[Configuration, ...] = Field(
        min_length=1, description="The names of the configurations, each once.", examples=[["Launch Package"]]
    )
    create: bool = Field(
        default=False,
        description="Whether the configurations are ours as a whole, instead of people's with our variables in them.",
        examples=[True],
    )
    program: str = Field(
        default="${fileDirname}",
        pattern=r"^[A-Za-z0-9._/${}:-]+$",
        max_length=1024,
        description="What a configuration of ours debugs.",
        examples=["${workspaceFolder}/cmd/server"],
    )

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """One resource for each variable and configuration, or for each configuration as a whole."""
        variables = self.checked(intent.variables())
        for configuration in sorted(set(self.configurations)):
            key = ("configurations", Match("name", configuration))
            if self.create:
                content = json_content(self._element(configuration, variables))
                yield Resource(Address(Place.JSON_KEY, self.path, key), content, intent.target)
                continue
            for name, value in variables.items():
                address = Address(Place.JSON_KEY, self.path, (*key, "env", name))
                yield Resource(address, json_content(value), intent.target)

    def _element(self, configuration: str, variables: dict[str, str]) -> dict[str, object]:
        return {
            "env": variables,
            "mode": "auto",
            "name": configuration,
            "program": self.program,
            "request": "launch",
            "type": "go",
        }

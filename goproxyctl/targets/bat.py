"""bat: a batch file for cmd.exe."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, Target, WindowsFile, in_folder, script_name
from goproxyctl.targets.gitattributes import crlf_attribute

BatPath = Annotated[
    str,
    Field(pattern=in_folder(script_name("bat", "cmd")), max_length=1024, examples=["windows/set-go-proxy.bat"]),
]


class Bat(Target):
    """A batch file that sets the variables for the cmd.exe session which calls it."""

    language: ClassVar[str] = "bat"

    kind: Literal["bat"] = Field(description="A batch file that sets the variables for the session which calls it.")
    path: BatPath = Field(description="The batch file, relative to the policy; it ends with .bat or .cmd.")
    ca_file: WindowsFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file, ASCII with CRLF, and the line of .gitattributes that keeps it so."""
        variables = self.checked(intent.variables(self.ca_file))
        text = self.text("bat.bat.j2", intent, variables=variables, script=self.path.rpartition("/")[2])
        content = text.replace("\n", "\r\n").encode("ascii")
        yield Resource(Address(Place.FILE, self.path), content, intent.target)
        yield crlf_attribute(intent, self.path)

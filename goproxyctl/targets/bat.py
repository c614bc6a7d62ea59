"""bat: a batch file for cmd.exe."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, Target, WindowsFile, in_folder, script_name
from goproxyctl.targets.gitattributes import crlf_attribute
from goproxyctl.targets.windows_script import SCOPE, Scope, check_installer

BatPath = Annotated[
    str,
    Field(pattern=in_folder(script_name("bat", "cmd")), max_length=1024, examples=["windows/set-go-proxy.bat"]),
]

#: Units: characters of one command, its variables put in; cmd.exe takes 8,191, and go.exe itself needs some.
#: Source: learn.microsoft.com, Command prompt line string limitation.
_LONGEST_COMMAND = 8_000


class Bat(Target):
    """A batch file that sets the variables for the session that calls it, or installs the settings for the user."""

    language: ClassVar[str] = "bat"

    kind: Literal["bat"] = Field(description="A batch file that sets the variables for a session or for the user.")
    path: BatPath = Field(description="The batch file, relative to the policy; it ends with .bat or .cmd.")
    scope: Scope = Field(default="session", description=SCOPE, examples=["user"])
    ca_file: WindowsFile | None = Field(default=None, description=CA_FILE)

    @property
    def carries_process_settings(self) -> bool:
        """Only for a session: an installer writes the file of go, and go reads these from its process."""
        return self.scope == "session"

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file, ASCII with CRLF, and the line of .gitattributes that keeps it so."""
        if self.scope == "session":
            template, variables = "bat.bat.j2", self.checked(intent.variables(self.ca_file))
        else:
            template, variables = "bat-user.bat.j2", self.checked(intent.module_settings())
            check_installer(self.name, variables, _LONGEST_COMMAND)
        text = self.text(template, intent, variables=variables, script=self.path.rpartition("/")[2])
        content = text.replace("\n", "\r\n").encode("ascii")
        yield Resource(Address(Place.FILE, self.path), content, intent.target)
        yield crlf_attribute(intent, self.path)

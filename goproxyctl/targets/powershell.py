"""powershell: a script for Windows PowerShell 5.1 and PowerShell 7.

Never run, for want of PowerShell: what it writes is parsed, linted, and its literals decoded.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, AnyFile, Target, in_folder, script_name
from goproxyctl.targets.gitattributes import crlf_attribute
from goproxyctl.targets.windows_script import SCOPE, Scope, check_installer

PowerShellPath = Annotated[
    str, Field(pattern=in_folder(script_name("ps1")), max_length=1024, examples=["windows/set-go-proxy.ps1"])
]

#: Units: characters of one command; Windows takes 32,767, and go.exe itself needs some.
#: Source: learn.microsoft.com, CreateProcessW.
_LONGEST_COMMAND = 32_000


class PowerShell(Target):
    """A PowerShell script that sets the variables for the session that runs it, or installs them for the user."""

    kind: Literal["powershell"] = Field(
        description="A PowerShell script that sets the variables for a session or for the user."
    )
    path: PowerShellPath = Field(description="The script, relative to the policy; it ends with .ps1.")
    scope: Scope = Field(default="session", description=SCOPE, examples=["user"])
    ca_file: AnyFile | None = Field(default=None, description=CA_FILE)

    @property
    def carries_process_settings(self) -> bool:
        """Only for a session: an installer writes the file of go, and go reads these from its process."""
        return self.scope == "session"

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file, UTF-8 with a byte order mark (5.1 reads others in the code page) and CRLF; its git attribute."""
        if self.scope == "session":
            template, variables = "powershell.ps1.j2", self.checked(intent.variables(self.ca_file))
        else:
            template, variables = "powershell-user.ps1.j2", self.checked(intent.module_settings())
            check_installer(self.name, variables, _LONGEST_COMMAND)
        text = self.text(template, intent, variables=variables, script=self.path.rpartition("/")[2])
        content = text.replace("\n", "\r\n").encode("utf-8-sig")
        yield Resource(Address(Place.FILE, self.path), content, intent.target)
        yield crlf_attribute(intent, self.path)

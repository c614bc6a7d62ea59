"""powershell: a script for Windows PowerShell 5.1 and PowerShell 7."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, AnyFile, Target, in_folder, script_name
from goproxyctl.targets.gitattributes import crlf_attribute

PowerShellPath = Annotated[
    str, Field(pattern=in_folder(script_name("ps1")), max_length=1024, examples=["windows/set-go-proxy.ps1"])
]


class PowerShell(Target):
    """A PowerShell script that sets the variables for the session which dot-sources it."""

    kind: Literal["powershell"] = Field(
        description="A PowerShell script that sets the variables for the session which dot-sources it."
    )
    path: PowerShellPath = Field(description="The script, relative to the policy; it ends with .ps1.")
    ca_file: AnyFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file, UTF-8 with a byte order mark (5.1 reads others in the code page) and CRLF; its git attribute."""
        variables = self.checked(intent.variables(self.ca_file))
        text = self.text("powershell.ps1.j2", intent, variables=variables, script=self.path.rpartition("/")[2])
        content = text.replace("\n", "\r\n").encode("utf-8-sig")
        yield Resource(Address(Place.FILE, self.path), content, intent.target)
        yield crlf_attribute(intent, self.path)

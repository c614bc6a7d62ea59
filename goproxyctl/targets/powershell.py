"""powershell: a script for Windows PowerShell 5.1 and PowerShell 7.

Never run, for want of PowerShell: what it writes is parsed, linted, and its literals decoded.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.targets.base import CA_FILE, AnyFile, in_folder, script_name
from goproxyctl.targets.windows_script import Scope, ScriptTarget

PowerShellPath = Annotated[
    str, Field(pattern=in_folder(script_name("ps1")), max_length=1024, examples=["windows/set-go-proxy.ps1"])
]


class PowerShell(ScriptTarget):
    """A PowerShell script that sets the variables for the session that runs it, or installs them for the user."""

    templates: ClassVar[Mapping[Scope, str]] = {"session": "powershell.ps1.j2", "user": "powershell-user.ps1.j2"}
    #: With a byte order mark: 5.1 reads a file without one in the code page.
    encoding: ClassVar[str] = "utf-8-sig"
    #: Windows takes 32,767, and go.exe itself needs some. Source: learn.microsoft.com, CreateProcessW.
    longest: ClassVar[int] = 32_000

    kind: Literal["powershell"] = Field(
        description="A PowerShell script that sets the variables for a session or for the user."
    )
    path: PowerShellPath = Field(description="The script, relative to the policy; it ends with .ps1.")
    ca_file: AnyFile | None = Field(default=None, description=CA_FILE)

"""bat: a batch file for cmd.exe."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.targets.base import CA_FILE, WindowsFile, in_folder, script_name
from goproxyctl.targets.windows_script import Scope, ScriptTarget

BatPath = Annotated[
    str,
    Field(pattern=in_folder(script_name("bat", "cmd")), max_length=1024, examples=["windows/set-go-proxy.bat"]),
]


class Bat(ScriptTarget):
    """A batch file that sets the variables for the session that calls it, or installs the settings for the user."""

    language: ClassVar[str] = "bat"
    templates: ClassVar[Mapping[Scope, str]] = {"session": "bat.bat.j2", "user": "bat-user.bat.j2"}
    encoding: ClassVar[str] = "ascii"
    #: cmd.exe takes 8,191, its variables put in, and go.exe itself needs some.
    #: Source: learn.microsoft.com, Command prompt line string limitation.
    longest: ClassVar[int] = 8_000

    kind: Literal["bat"] = Field(description="A batch file that sets the variables for a session or for the user.")
    path: BatPath = Field(description="The batch file, relative to the policy; it ends with .bat or .cmd.")
    ca_file: WindowsFile | None = Field(default=None, description=CA_FILE)

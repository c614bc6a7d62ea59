"""What bat and powershell share: the two scopes of a Windows script, and what a script of each can carry."""

import re
from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from pydantic import Field

from goproxyctl.errors import UnfitError
from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import Target
from goproxyctl.targets.gitattributes import crlf_attribute
from goproxyctl.text import Text

#: For whom a script is: for the session that calls it, or, as an installer, for every go of the user.
Scope = Literal["session", "user"]

SCOPE = (
    "Whom the script is for: the session that calls it, or, as an installer that writes the file which go itself "
    "reads, every go that the user starts from then on. An installer ends with 0 (done), 2 (wrong usage), 10 (go not "
    "found), 11 (shadowed), 12 (refused) or 13 (refused, and not put back)."
)

#: What an installer cannot hand to go or read back: a program takes a quotation mark for the end of an argument, and a
#: backslash at the end for the escape of ours; ``for /f`` skips lines that begin with a semicolon; the output of go
#: comes back in the code page of the console.
#: Source: learn.microsoft.com, CommandLineToArgvW and for.
_UNFIT = r'^;|"|\\$|[^ -~]'


def check_installer(target: str, settings: Mapping[str, str], longest: int) -> None:
    """Refuses what an installer cannot hand to go in one command of at most ``longest`` characters.

    Raises: UnfitError.
    """
    for name, value in settings.items():
        if re.search(_UNFIT, value):
            raise UnfitError(
                Text(
                    "target.installer-unfit",
                    '{name}: an installer cannot hand this value to go; write it without ", other characters than '
                    "ASCII, a semicolon at the beginning and a backslash at the end",
                    name=name,
                )
            )
    size = sum(len(f' "{name}={value}"') for name, value in settings.items())
    if size > longest:
        raise UnfitError(
            Text(
                "target.installer-too-long",
                "{target!r}: the settings together are {size} characters long, and one command takes {longest}; "
                "use kind go-env, or fewer patterns",
                target=target,
                size=size,
                longest=longest,
            )
        )


class ScriptTarget(Target):
    """The scope of a kind that is a script of Windows, and the file that follows from it."""

    templates: ClassVar[Mapping[Scope, str]]
    encoding: ClassVar[str]
    #: Units: characters of the one command in which an installer hands all settings to go.
    longest: ClassVar[int]

    path: str
    scope: Scope = Field(default="session", description=SCOPE, examples=["user"])
    ca_file: str | None

    @property
    def carries_process_settings(self) -> bool:
        """Only for a session: an installer writes the file of go, and go reads these from its process."""
        return self.scope == "session"

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file, with CRLF, and the line of .gitattributes that keeps it so."""
        session = self.scope == "session"
        variables = self.checked(intent.variables(self.ca_file) if session else intent.module_settings())
        if not session:
            check_installer(self.name, variables, self.longest)
        script = self.path.rpartition("/")[2]
        text = self.text(self.templates[self.scope], intent, variables=variables, script=script)
        content = text.replace("\n", "\r\n").encode(self.encoding)
        yield Resource(Address(Place.FILE, self.path), content, intent.target)
        yield crlf_attribute(intent, self.path)

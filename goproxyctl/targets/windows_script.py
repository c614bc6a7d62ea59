"""What bat and powershell share: the two scopes of a Windows script, and what a script of each can carry."""

import re
from collections.abc import Mapping
from typing import Literal

from goproxyctl.errors import GoproxyctlError
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

    Raises: GoproxyctlError.
    """
    for name, value in settings.items():
        if re.search(_UNFIT, value):
            raise GoproxyctlError(
                Text(
                    "target.installer-unfit",
                    '{name}: an installer cannot hand this value to go; write it without ", other characters than '
                    "ASCII, a semicolon at the beginning and a backslash at the end",
                    name=name,
                )
            )
    size = sum(len(f' "{name}={value}"') for name, value in settings.items())
    if size > longest:
        raise GoproxyctlError(
            Text(
                "target.installer-too-long",
                "{target!r}: the settings together are {size} characters long, and one command takes {longest}; "
                "use kind go-env, or fewer patterns",
                target=target,
                size=size,
                longest=longest,
            )
        )

"""sh: a file for POSIX shells."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, AnyPath, PosixFile, Target


class Sh(Target):
    """A file that exports the variables, for any POSIX shell to source (dash, bash, zsh, mksh, busybox)."""

    kind: Literal["sh"] = Field(description="A file that exports the variables, for any POSIX shell to source.")
    path: AnyPath = Field(description='The file, relative to the policy, or below the home folder with "~/".')
    ca_file: PosixFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: UTF-8, LF (a shell takes a carriage return into the value)."""
        variables = self.checked(intent.variables(self.ca_file))
        home = self.path.startswith("~/")
        script = self.path[2:] if home else self.path.rpartition("/")[2]
        text = self.text("sh.sh.j2", intent, variables=variables, script=script, home=home)
        yield Resource(Address(Place.FILE, self.path), text.encode(), intent.target)

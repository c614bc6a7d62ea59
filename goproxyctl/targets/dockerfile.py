"""dockerfile: the Dockerfile of a base image."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, PosixFile, Target, TreePath

#: Source: distribution/reference: [domain[:port]/]path[:tag][@sha256:digest].
Image = Annotated[
    str,
    Field(
        pattern=r"^[a-zA-Z0-9][a-zA-Z0-9.-]*(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
        r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$",
        max_length=512,
        examples=["golang:1.26-bookworm"],
    ),
]


class Dockerfile(Target):
    """A Dockerfile that adds the variables to an image, as the base of the images that build Go programs."""

    language: ClassVar[str] = "dockerfile"

    kind: Literal["dockerfile"] = Field(description="A Dockerfile that adds the variables to an image.")
    path: TreePath = Field(description="The Dockerfile, relative to the policy.", examples=["image/Dockerfile"])
    image: Image = Field(description="The image that the variables are added to, with its tag or digest.")
    ca_file: PosixFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF."""
        variables = self.checked(intent.variables(self.ca_file))
        text = self.text("dockerfile.Dockerfile.j2", intent, variables=variables, image=self.image, path=self.path)
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

"""github-actions: a composite action of GitHub."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, AnyFile, Target, in_folder

ActionPath = Annotated[
    str,
    Field(pattern=in_folder(r"action\.ya?ml"), max_length=1024, examples=[".github/actions/goproxy/action.yml"]),
]


class GitHubActions(Target):
    """A composite action that sets the variables for the steps after it."""

    #: Source: docs.github.com, contexts: an expression is evaluated wherever it stands in the file; no escape exists.
    expands: ClassVar[tuple[str, ...]] = ("${{",)

    kind: Literal["github-actions"] = Field(
        description="A composite action of GitHub that sets the variables for the steps after it."
    )
    path: ActionPath = Field(
        default=".github/actions/goproxy/action.yml",
        description="The action, relative to the policy; the file is called action.yml.",
    )
    ca_file: AnyFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF; the values stand under ``env:`` only, never in the text of the script."""
        variables = self.checked(intent.variables(self.ca_file))
        text = self.text(
            "github-actions.yml.j2",
            intent,
            variables=variables,
            names=" ".join(variables),
            folder="./" + self.path.rpartition("/")[0],
        )
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

"""gitlab-ci: a file that GitLab pipelines include."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.base import CA_FILE, PosixFile, Target, in_folder, script_name

YamlPath = Annotated[
    str, Field(pattern=in_folder(script_name("yml", "yaml")), max_length=1024, examples=["ci/goproxy.yml"])
]


class GitLabCI(Target):
    """A YAML file for `include:` with the variables, for all jobs and as the hidden job `.goproxy`."""

    kind: Literal["gitlab-ci"] = Field(description="A YAML file with the variables, for GitLab pipelines to include.")
    path: YamlPath = Field(description="The file, relative to the policy; it ends with .yml or .yaml.")
    ca_file: PosixFile | None = Field(default=None, description=CA_FILE)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF; GitLab is told not to expand any value."""
        text = self.text("gitlab-ci.yml.j2", intent, variables=self.checked(intent.variables(self.ca_file)))
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

"""go-env: lines of the file that the go command itself reads."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from goproxyctl.intent import Intent
from goproxyctl.resource import GOENV_FILE, Address, Place, Resource
from goproxyctl.targets.base import AnyPath, Target


class GoEnv(Target):
    """The settings in go's own file (go env GOENV), where they reach every go that starts from then on."""

    #: Source: golang/go cmd/go/internal/cfg: HTTPS_PROXY, SSL_CERT_FILE and the like are read from the process only.
    carries_process_settings: ClassVar[bool] = False

    kind: Literal["go-env"] = Field(description="The settings in the file that the go command itself reads.")
    path: AnyPath | None = Field(
        default=None,
        description='Another file of that form, relative to the policy or below the home folder with "~/"; '
        "without it the file that go reads on this machine.",
        examples=["~/.config/go/env"],
    )
    lend: bool = Field(
        default=False,
        description="Whether GOPROXY may be moved by a failover within what the policy allows, without being drift.",
        examples=[True],
    )

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """One resource for each setting; the value stands in the file as it is, without quotes."""
        for name, value in self.checked(intent.module_settings()).items():
            address = Address(Place.GO_ENV, self.path or GOENV_FILE, (name,))
            yield Resource(address, value.encode(), intent.target, lent=self.lend and name == "GOPROXY")

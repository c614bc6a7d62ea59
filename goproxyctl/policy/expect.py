"""The shape of expectations, in a policy or in a file of their own beside it; imported where there are any."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from goproxyctl.policy import grammar
from goproxyctl.policy.check import Wrong, check
from goproxyctl.policy.intents import entries
from goproxyctl.policy.nodes import FieldPath, Node
from goproxyctl.policy.shape import Module
from goproxyctl.targets.base import Name

_CONFIG = ConfigDict(frozen=True, extra="forbid", strict=True)
#: Where a policy holds them.
AT = ("spec", "expect")

Server = Annotated[str, Field(pattern=grammar.SERVER, max_length=300, examples=["gateway", "origin", "sumdb"])]
Met = Literal[
    "200", "200-html", "200-empty", "200-tampered", "204", "401", "403", "404", "410", "429", "500", "502", "503",
    "refused", "reset", "dns", "tls", "timeout", "truncated", "redirect-loop", "hang",
]  # fmt: skip


class Expectation(BaseModel):
    """What the policy promises; it says one of reaches, survives and result."""

    model_config = _CONFIG

    module: Module | None = Field(
        default=None, description="The module, or a toolchain such as go1.26.6.", examples=["git.acme.example/team/app"]
    )
    profile: Name | None = Field(
        default=None, description="Only with this profile (default: with every one).", examples=["windows-laptop"]
    )
    reaches: tuple[Server, ...] | None = Field(
        default=None, description="Only these servers can learn the module's name.", examples=[["gateway", "origin"]]
    )
    survives: Server | None = Field(
        default=None, description="The module is fetched without this server.", examples=["goproxy-cn"]
    )
    outcomes: tuple[Met, ...] | None = Field(
        default=None,
        description="What the lost server answers (default: no connection, 429, 500, 502, 503).",
        examples=[["refused", "503"]],
    )
    down: dict[Server, Met] | None = Field(
        default=None, description="What servers, or endpoints of them, answer.", examples=[{"gateway": "503"}]
    )
    result: Literal["served", "fails", "hangs"] | None = Field(
        default=None, description="What then comes of fetching the module.", examples=["served"]
    )


class ExpectationsDocument(BaseModel):
    """A file of expectations beside a policy."""

    model_config = _CONFIG

    apiVersion: Literal["goproxyctl/v1"] = Field(  # noqa: N815 called so in every file of this sort
        description="The version of this format.", examples=["goproxyctl/v1"]
    )
    kind: Literal["Expectations"] = Field(description="Expectations.")
    expect: tuple[Expectation, ...] = Field(description="What the policy promises.")


def shape_of(root: Node) -> Iterator[tuple[FieldPath, tuple[Wrong, ...]]]:
    """What is wrong with the shape of each expectation of a policy, below its path."""
    for index, entry in enumerate(entries(root, *AT)):
        yield (*AT, index), check(Expectation, entry).wrong

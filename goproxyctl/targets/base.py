"""The one interface of a kind: its options, the resources that follow from an intent, and what most kinds share."""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from goproxyctl.errors import UnfitError
from goproxyctl.intent import Fallback, Intent
from goproxyctl.render import check_value, render
from goproxyctl.resource import Resource
from goproxyctl.text import Text

#: A name in a policy: what Kubernetes takes as a label value too.
Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$", examples=["laptops"])]

#: A path relative to the policy file. The pattern leaves out what some reader cannot carry; rules refuse "..",
#: device names and the like.
SEGMENT = r"[A-Za-z0-9._+@-]([A-Za-z0-9._+@ -]{0,250}[A-Za-z0-9._+@-])?"
TreePath = Annotated[str, Field(pattern=rf"^{SEGMENT}(/{SEGMENT})*$", max_length=1024, examples=["ci/goproxy.sh"])]

#: As TreePath, or below the user's home when it begins with "~/".
AnyPath = Annotated[str, Field(pattern=rf"^(~/)?{SEGMENT}(/{SEGMENT})*$", max_length=1024, examples=["~/goproxy.sh"])]

#: A file on the machine where the artifact is read, absolute: there is no folder that it could be relative to.
PosixFile = Annotated[
    str, Field(pattern=r"^(/[A-Za-z0-9._+@ -]+)+$", max_length=1024, examples=["/etc/ssl/certs/acme-bundle.pem"])
]
WindowsFile = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z]:(\\[A-Za-z0-9._+@() -]+)+$",
        max_length=259,
        examples=["C:\\ProgramData\\acme\\bundle.pem"],
    ),
]
_EITHER = r"^((/[A-Za-z0-9._+@ -]+)+|[A-Za-z]:(\\[A-Za-z0-9._+@() -]+)+)$"
AnyFile = Annotated[str, Field(pattern=_EITHER, max_length=1024, examples=["/etc/ssl/certs/acme-bundle.pem"])]

CA_FILE = (
    "The file, on the machine that reads the artifact, with every certificate authority to trust: the public ones too. "
    "Stated as SSL_CERT_FILE for go and GIT_SSL_CAINFO for git."
)


def in_folder(*names: str) -> str:
    """The pattern of a path below the policy's folder whose last segment matches one of ``names``."""
    return rf"^({SEGMENT}/)*({'|'.join(names)})$"


def script_name(*suffixes: str) -> str:
    """The pattern of a file name that ends with one of ``suffixes``."""
    return rf"[A-Za-z0-9._+@-]([A-Za-z0-9._+@ -]{{0,240}}[A-Za-z0-9._+@-])?\.({'|'.join(suffixes)})"


def chain_notes(intent: Intent) -> tuple[str, ...]:
    """The chain in words, a line for each hop: what is asked, and when go moves on."""
    moves = {Fallback.NOT_FOUND: "the next only on 404 or 410", Fallback.ANY_ERROR: "the next on any error"}
    notes = [f"{hop.name} ({hop.role.value}), {moves[hop.fallback]}" for hop in intent.hops]
    if not intent.end and intent.hops:
        notes[-1] = f"{intent.hops[-1].name} ({intent.hops[-1].role.value}), then go gives up"
    ends = {"direct": "direct: the repository of the module itself", "off": "off: nothing else is asked"}
    return (*notes, ends[intent.end]) if intent.end else tuple(notes)


def json_content(value: object) -> bytes:
    """The content of a JSON_KEY address: canonical, so that equal values are equal bytes."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


class Target(BaseModel, ABC):
    """One entry of ``targets:``. A target never reads, compares, merges or writes; that is a store's job."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    #: The language that the artifact is written in, where that decides what a value may hold.
    language: ClassVar[str] = ""

    #: What the reader would expand, run or replace in a value whatever the quoting; such a value is refused.
    expands: ClassVar[tuple[str, ...]] = ()

    name: Name = Field(description="What this target is called on the command line and in every report.")
    profile: Name | None = Field(default=None, description="The profile whose settings this target gets.")

    @property
    def carries_process_settings(self) -> bool:
        """Whether the reader of the artifact takes settings that go reads from the process environment only."""
        return True

    @property
    def carries_trust(self) -> bool:
        """Whether the readers of the artifact learn of the authorities of the policy."""
        return bool(getattr(self, "ca_file", None))

    @property
    def asks(self) -> bool:
        """Whether what it desires depends on the namespaces that there are: then it needs the facts of the intent."""
        return False

    @abstractmethod
    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The resources that should exist for ``intent``: pure, and the same bytes for the same intent."""

    def checked(self, settings: Mapping[str, str]) -> dict[str, str]:
        """The settings, each of which the reader takes as it stands. Raises: UnfitError naming the setting."""
        for name, value in settings.items():
            check_value(value, self.language, where=name)
            for marker in self.expands:
                if marker in value:
                    raise UnfitError(
                        Text(
                            "target.expands",
                            "{name}: a reader of {target!r} replaces {marker!r} in a value; write it without",
                            name=name,
                            target=self.name,
                            marker=marker,
                        )
                    )
        return dict(settings)

    def text(self, template: str, intent: Intent, **values: object) -> str:
        """The text of a template, which is told whom it is made for and how the chain goes."""
        made_for = f"{intent.owner}/{intent.target}"
        return render(template, made_for=made_for, notes=chain_notes(intent), **values)

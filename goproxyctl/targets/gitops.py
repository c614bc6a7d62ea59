"""What the kinds of GitOps have in common: where manifests come from."""

from typing import Annotated

from pydantic import Field

#: A folder of a git repository: no segment begins with a dot, so none leads up or into .git.
GitFolder = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$",
        max_length=1024,
        examples=["platform/manifests"],
    ),
]
GitRevision = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$", examples=["main", "v1.4.0"])]

#: No password can stand in it: who may read the repository is for the engine's own Secrets to say.
_HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?(/[A-Za-z0-9_~][A-Za-z0-9._~-]*)+"
GitUrl = Annotated[
    str,
    Field(
        pattern=rf"^(https://|ssh://git@){_HOST}$", max_length=1024, examples=["https://git.acme.example/platform.git"]
    ),
]
SourceUrl = Annotated[
    str,
    Field(
        pattern=rf"^(https://|ssh://git@|oci://){_HOST}$",
        max_length=1024,
        examples=["https://git.acme.example/platform.git", "oci://registry.acme.example/platform/goproxy"],
    ),
]

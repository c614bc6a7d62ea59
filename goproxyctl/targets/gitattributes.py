"""What git must know of a Windows script: that it is checked out with the line ends that Windows needs."""

from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource


def crlf_attribute(intent: Intent, path: str) -> Resource:
    """The lines of ``.gitattributes`` beside the policy that keep ``path`` with CRLF.

    cmd.exe misses labels in files with LF only; a checkout without this line would have them.
    Source: git-scm.com/docs/gitattributes: a leading "/" anchors, a pattern with a space is quoted.
    """
    pattern = f'"/{path}"' if " " in path else f"/{path}"
    address = Address(Place.BLOCK, ".gitattributes", (f"{intent.owner}/{intent.target}",))
    return Resource(address, f"{pattern} text eol=crlf\n".encode(), intent.target)


def bytes_attribute(intent: Intent, *paths: str) -> Resource:
    """As above, for files that git must not touch at all: in UTF-16 it would put its line ends between the bytes."""
    patterns = (f'"/{path}"' if " " in path else f"/{path}" for path in paths)
    address = Address(Place.BLOCK, ".gitattributes", (f"{intent.owner}/{intent.target}",))
    return Resource(address, "".join(f"{pattern} -text\n" for pattern in patterns).encode(), intent.target)

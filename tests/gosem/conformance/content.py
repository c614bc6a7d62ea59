"""What modules are made of: go.mod, zip, checksums, and a checksum database that vouches for them."""

import base64
import hashlib
import io
import zipfile
from functools import cached_property

from tests.gosem.conformance.signing import Signer

NAME = "sum.test"
#: One key for all databases of the tests; it guards nothing.
SIGNER = Signer(NAME)


def go_mod(module: str, *, tampered: bool = False) -> bytes:
    return f"module {module}\n".encode() + (b"// tampered\n" if tampered else b"")


def make_zip(module: str, version: str, *, tampered: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in _files(module, tampered).items():
            archive.writestr(zipfile.ZipInfo(f"{module}@{version}/{name}"), body)
    return out.getvalue()


def _files(module: str, tampered: bool) -> dict[str, bytes]:
    return {"go.mod": go_mod(module), "m.go": b"package m\n" + (b"// tampered\n" if tampered else b"")}


def _h1(files: dict[str, bytes]) -> str:
    """Source: golang.org/x/mod/sumdb/dirhash, Hash1."""
    return hash_of("".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items())))


def hash_of(lines: str) -> str:
    """The h1 hash of a list of files."""
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


def sum_lines(module: str, version: str) -> str:
    """The two lines of go.sum."""
    whole = _h1({f"{module}@{version}/{name}": body for name, body in _files(module, tampered=False).items()})
    return f"{module} {version} {whole}\n{module} {version}/go.mod {_h1({'go.mod': go_mod(module)})}\n"


class Database:
    """A checksum database of at most 256 records. Source: golang.org/x/mod/sumdb/tlog; RFC 6962, section 2.1."""

    def __init__(self, texts: dict[str, str]) -> None:
        assert len(texts) < 256
        self.texts = texts
        self.ids = {key: i for i, key in enumerate(texts)}
        self.leaves = [hashlib.sha256(b"\x00" + text.encode()).digest() for text in texts.values()]

    @cached_property
    def head(self) -> str:
        root = base64.b64encode(_root(self.leaves)).decode()
        return SIGNER.note(f"go.sum database tree\n{len(self.leaves)}\n{root}\n")

    def lookup(self, key: str) -> bytes | None:
        """The record of ``module@version``."""
        if key not in self.ids:
            return None
        return f"{self.ids[key]}\n{self.texts[key]}\n{self.head}".encode()

    @property
    def tile(self) -> bytes:
        return b"".join(self.leaves)


def _root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + _root(leaves[:half]) + _root(leaves[half:])).digest()

"""ca-import: the authorities of spec.trust in a certificate store of Windows."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from goproxyctl.formats.certificates import read_certificates, windows_blob
from goproxyctl.formats.reg import BINARY, content_of
from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.authorities import AuthorityTarget
from goproxyctl.targets.windows_registry import Scope

#: Where CryptoAPI keeps the physical stores. Source: Microsoft Learn, "System Store Locations"; windows-testing.md.
_STORES = r"Software\Microsoft\SystemCertificates"
_HIVES = {"user": "HKCU", "machine": "HKLM"}
_NAMES = {"root": "Root", "intermediate": "CA"}


class CaImport(AuthorityTarget):
    """The authorities of spec.trust in a certificate store of Windows, where Go, Schannel and browsers look."""

    kind: Literal["ca-import"] = Field(description="The authorities of spec.trust in a certificate store of Windows.")
    scope: Scope = Field(
        default="user",
        description='Who trusts them: programs of the user who applies ("user"), or all of the machine ("machine", '
        "which needs an administrator).",
    )
    store: Literal["root", "intermediate"] = Field(
        default="root",
        description='The store: "root" makes them anchors of trust; "intermediate" only helps to build chains.',
    )

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """One resource for each certificate, at the key that its SHA-1 names; a certificate that stands twice once."""
        found = {c.sha1: c for trust in self.chosen(intent) for c in read_certificates(trust.pem)}
        for sha1, certificate in sorted(found.items()):
            container = rf"{_HIVES[self.scope]}\{_STORES}\{_NAMES[self.store]}\Certificates\{sha1}"
            content = content_of(BINARY, windows_blob(certificate))
            yield Resource(Address(Place.REGISTRY, container, ("Blob",)), content, intent.target)

"""trust-bundle: the authorities of spec.trust for pods, as ConfigMaps or through trust-manager."""

import base64
import textwrap
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from goproxyctl.errors import UnfitError
from goproxyctl.formats.certificates import Certificate, read_certificates
from goproxyctl.intent import Intent
from goproxyctl.resource import Address, Place, Resource
from goproxyctl.targets.authorities import AuthorityTarget
from goproxyctl.targets.gitlab_ci import YamlPath
from goproxyctl.targets.kubernetes import (
    FileKey,
    Namespaces,
    ObjectName,
    Selector,
    chosen,
    label_selector,
    object_labels,
)
from goproxyctl.text import Text


class TrustBundle(AuthorityTarget):
    """Manifests that put the authorities of the policy into ConfigMaps, where pods mount them."""

    kind: Literal["trust-bundle"] = Field(description="The authorities of spec.trust as ConfigMaps that pods mount.")
    path: YamlPath = Field(
        description="The file, relative to the policy; it ends with .yml or .yaml.", examples=["manifests/trust.yaml"]
    )
    form: Literal["configmap", "bundle"] = Field(
        default="configmap",
        description="ConfigMaps as they are, or a Bundle, from which trust-manager makes them, in new namespaces too.",
    )
    namespaces: Namespaces = Field(
        description="The namespaces that get them: their names, or match, the labels that they have; for a plain "
        "ConfigMap which have them is said with --facts.",
        examples=[["team-a"], {"match": {"team": "go"}}],
    )
    configmap: ObjectName = Field(default="goproxy-trust", description="The name of the ConfigMap, or of the Bundle.")
    key: FileKey = Field(default="ca.crt", description="The key in it: the name of the file, where it is mounted.")
    public: bool = Field(
        default=False,
        description="Whether trust-manager adds the public authorities that it was installed with (form: bundle only).",
    )

    @property
    def asks(self) -> bool:
        """Where the namespaces of ConfigMaps are selected."""
        return self.form == "configmap" and isinstance(self.namespaces, Selector)

    def desired(self, intent: Intent) -> Iterator[Resource]:
        """The file: ASCII, LF; each certificate as PEM, once, in the order of the policy; no file of none."""
        found = self._certificates(intent)
        if not found and not self.public:
            return
        pem = "".join(map(_pem, found))
        documents = [self._bundle(intent, pem)] if self.form == "bundle" else self._configmaps(intent, pem)
        text = self.text(
            "trust-bundle.yaml.j2",
            intent,
            configmap=self.configmap,
            key=self.key,
            public=self.public,
            subjects=[certificate.subject for certificate in found],
            documents=documents,
        )
        yield Resource(Address(Place.FILE, self.path), text.encode("ascii"), intent.target)

    def _certificates(self, intent: Intent) -> tuple[Certificate, ...]:
        """What it puts there. Raises: UnfitError where the public ones are asked of who does not know them."""
        if self.public and self.form != "bundle":
            raise UnfitError(
                Text(
                    "target.public-trust",
                    "target {target!r}: only trust-manager knows the public authorities; say form: bundle, or leave "
                    "public out",
                    target=intent.target,
                )
            )
        return tuple({c.sha1: c for trust in self.chosen(intent) for c in read_certificates(trust.pem)}.values())

    def _configmaps(self, intent: Intent, pem: str) -> list[dict[str, Any]]:
        return [
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {
                    "name": self.configmap,
                    "namespace": namespace,
                    "labels": object_labels(intent, "goproxy-trust"),
                },
                "data": {self.key: pem},
            }
            for namespace in chosen(self.namespaces, intent)
        ]

    def _bundle(self, intent: Intent, pem: str) -> dict[str, Any]:
        """Source: trust-manager, api/trust/v1alpha1."""
        public: list[dict[str, Any]] = [{"useDefaultCAs": True}] if self.public else []
        return {
            "apiVersion": "trust.cert-manager.io/v1alpha1",
            "kind": "Bundle",
            "metadata": {"name": self.configmap, "labels": object_labels(intent, "goproxy-trust")},
            "spec": {
                "sources": [*public, *([{"inLine": pem}] if pem else [])],
                "target": {
                    "configMap": {"key": self.key},
                    "namespaceSelector": label_selector(self.namespaces),
                },
            },
        }


def _pem(certificate: Certificate) -> str:
    """The certificate alone, without what else stood in its file. Source: RFC 7468."""
    lines = textwrap.wrap(base64.b64encode(certificate.der).decode("ascii"), 64)
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])

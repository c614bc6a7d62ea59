"""What a target may know: the policy's intent for it, resolved, and the variables of go that follow from it."""

from collections.abc import Mapping
from enum import Enum
from typing import Literal, NamedTuple

from goproxyctl.gosem.items import Item, print_chain

#: A pattern that matches no module path. Not a keyword of go; any such word neutralises a setting.
#: Source: go-semantics 1.2: an empty variable counts as unset, so a leftover elsewhere would shine through.
NOTHING = "none"

#: What go does when GOVCS is unset; written out, for GOVCS has no word that matches nothing.
#: Source: golang/go cmd/go/internal/vcs/vcs.go, defaultGOVCS.
DEFAULT_GOVCS = "public:git|hg,private:all"


class Role(Enum):
    """What a hop is for: a gatekeeper decides what may be used; a mirror only serves it."""

    GATEKEEPER = "gatekeeper"
    MIRROR = "mirror"


class Fallback(Enum):
    """On what a hop may be skipped: on 404 and 410 only, or on any error."""

    NOT_FOUND = "not-found"
    ANY_ERROR = "any-error"


class Hop(NamedTuple):
    """One module proxy of the chain."""

    name: str
    url: str
    role: Role
    fallback: Fallback = Fallback.NOT_FOUND


class Egress(NamedTuple):
    """The HTTP forward proxy that leads out; ``bypass`` lists the hosts that are reached without it."""

    http: str | None = None
    https: str | None = None
    bypass: tuple[str, ...] = ()


class Trust(NamedTuple):
    """A certificate authority to trust: its PEM bytes, already checked against the policy's SHA-256."""

    name: str
    file: str
    pem: bytes


class Facts(NamedTuple):
    """What desired has to be told of the world, for a policy cannot say it.

    Shape: ``namespaces``: those of the cluster that take new objects, each with its labels. ``supposed``: nobody
    looked; a question that only a cluster can answer gets an example, so that everything else can be checked.
    """

    namespaces: Mapping[str, Mapping[str, str]] = {}
    supposed: bool = False


class Intent(NamedTuple):
    """All that a target may know of the policy, with its profile applied.

    Shape: ``end`` is how the chain ends: "direct", "off", or None (after the last hop go gives up). ``facts`` None:
    nobody looked at the world.
    """

    owner: str
    target: str
    hops: tuple[Hop, ...] = ()
    end: Literal["direct", "off"] | None = "direct"
    toolchain: str = "auto"
    minimum_go: str | None = None
    checksum: str = "sum.golang.org"
    private: tuple[str, ...] = ()
    fetch: Literal["direct", "chain"] = "direct"
    insecure: tuple[str, ...] = ()
    vcs: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    auth: Literal["off", "netrc"] | None = None
    egress: Egress = Egress()
    trust: tuple[Trust, ...] = ()
    facts: Facts | None = None

    def chain(self) -> tuple[Item, ...]:
        """The chain as go reads it: the fallback of a hop is the separator after it."""
        items = [Item(hop.url, "|" if hop.fallback is Fallback.ANY_ERROR else ",") for hop in self.hops]
        if self.end:
            items.append(Item(self.end))
        return tuple(items)

    def module_settings(self) -> dict[str, str]:
        """Every module setting of go, in order of name; a word that matches nothing where the policy has none.

        These may stand in a go env file, and everywhere else.
        """
        private = ",".join(self.private) or NOTHING
        settings = {
            "GOINSECURE": ",".join(self.insecure) or NOTHING,
            "GONOPROXY": private if self.fetch == "direct" else NOTHING,
            "GONOSUMDB": private,
            "GOPRIVATE": private,
            "GOPROXY": print_chain(self.chain()),
            "GOSUMDB": self.checksum,
            "GOTOOLCHAIN": self.toolchain,
            "GOVCS": ",".join(self.vcs) or DEFAULT_GOVCS,
        }
        if self.flags:
            settings["GOFLAGS"] = " ".join(self.flags)
        if self.auth:
            settings["GOAUTH"] = self.auth
        return dict(sorted(settings.items()))

    def process_settings(self) -> dict[str, str]:
        """What go reads from the process environment only: the egress proxy, where the policy states one.

        Source: golang/go internal/cfg KnownEnv; go env -w refuses these, a go env file has no effect on them.
        """
        egress = {
            "HTTP_PROXY": self.egress.http,
            "HTTPS_PROXY": self.egress.https,
            "NO_PROXY": ",".join(self.egress.bypass) or None,
        }
        return {name: value for name, value in egress.items() if value}

    def variables(self, ca_file: str | None = None) -> dict[str, str]:
        """Everything, for a reader that is a process environment; ``ca_file`` is where that reader finds the CA bundle.

        Source: crypto/x509 reads SSL_CERT_FILE, git reads GIT_SSL_CAINFO (a direct fetch runs git).
        """
        trust = {"GIT_SSL_CAINFO": ca_file, "SSL_CERT_FILE": ca_file} if ca_file else {}
        return dict(sorted({**self.module_settings(), **self.process_settings(), **trust}.items()))

"""The shape of a policy document: types, enums, patterns, what is required. Its JSON Schema says exactly the same.

No custom validator may stand here; what a schema cannot say is a rule (package ``rules``). Every setting is optional,
for a base that is extended may give it. The models are filled from JSON text, so a list is a tuple here.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from goproxyctl.policy import grammar
from goproxyctl.targets.base import Name, TreePath

_CONFIG = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

Glob = Annotated[str, Field(pattern=grammar.GLOB, max_length=512, examples=["git.acme.example", "*.git.acme.example"])]
Module = Annotated[str, Field(pattern=grammar.MODULE, max_length=512, examples=["git.acme.example/team/app"])]
Words = Annotated[str, Field(pattern=grammar.WORDS, max_length=500)]
#: Long enough for any real URL; what is longer is a mistake.
_URL = 2000


class _Shape(BaseModel):
    model_config = _CONFIG


class Metadata(_Shape):
    """Who the policy belongs to."""

    name: Name = Field(description="The owner of all that is applied: in labels, the ledger and file headers.")
    annotations: dict[
        Annotated[str, Field(pattern=grammar.ANNOTATION_KEY, max_length=316)],
        Annotated[str, Field(max_length=1024, pattern=r"^[^\u0000-\u001f\u007f-\u009f]*$")],
    ] = Field(
        default={},
        description="Notes for other tools; goproxyctl does not read them.",
        examples=[{"config.kubernetes.io/local-config": "true"}],
    )


class Go(_Shape):
    """The go command itself."""

    minimum: str | None = Field(
        default=None,
        pattern=grammar.GO_VERSION,
        description="The oldest version of go that may be used.",
        examples=["1.26.6"],
    )
    toolchain: str | None = Field(
        default=None,
        pattern=grammar.TOOLCHAIN,
        description="GOTOOLCHAIN: whether go may fetch another version of itself (default: auto).",
        examples=["local", "auto", "go1.26.6+auto"],
    )
    flags: (
        tuple[
            Literal[
                "-mod=readonly",
                "-mod=vendor",
                "-mod=mod",
                "-modcacherw",
                "-trimpath",
                "-buildvcs=true",
                "-buildvcs=false",
                "-buildvcs=auto",
            ],
            ...,
        ]
        | None
    ) = Field(default=None, description="GOFLAGS: flags for every go command.", examples=[["-mod=readonly"]])
    auth: Literal["off", "netrc"] | None = Field(
        default=None, description='GOAUTH: where go finds credentials. Quote "off".', examples=["netrc"]
    )
    vcs: tuple[Annotated[str, Field(pattern=grammar.VCS_RULE, max_length=600)], ...] | None = Field(
        default=None,
        description="GOVCS: which version control a direct fetch may use, as pattern:vcs|vcs.",
        examples=[["private:git", "public:git|hg"]],
    )


class Hop(_Shape):
    """One module proxy of the chain."""

    name: Name = Field(description="What the hop is called in reports.", examples=["gateway"])
    url: str = Field(
        pattern=grammar.PROXY_URL,
        max_length=_URL,
        description="The address, without credentials, query or fragment.",
        examples=["https://goproxy.acme.example"],
    )
    role: Literal["gatekeeper", "mirror"] = Field(
        description="gatekeeper: decides what may be used. mirror: only serves it.", examples=["mirror"]
    )
    fallback: Literal["not-found", "any-error"] = Field(
        default="not-found",
        description='When go tries the next hop: on 404 and 410 only (","), or on any error ("|").',
        examples=["any-error"],
    )


def _chain_entry(value: Any) -> str:
    return "<hop>" if isinstance(value, dict | Hop) else "<end>"


ChainEntry = Annotated[
    Annotated[Hop, Tag("<hop>")] | Annotated[Literal["direct", "off"], Tag("<end>")], Discriminator(_chain_entry)
]


class Checksum(_Shape):
    """The checksum database that public modules are verified with."""

    database: str | None = Field(
        default=None,
        pattern=grammar.CHECKSUM_DATABASE,
        max_length=320,
        description='GOSUMDB: sum.golang.org (default), sum.golang.google.cn, name+hash+key, or "off".',
        examples=["sum.golang.org", "sum.golang.google.cn"],
    )
    url: str | None = Field(
        default=None,
        pattern=grammar.HTTPS_URL,
        max_length=_URL,
        description="Where the database is reached, when not under its own name; proxies are then never asked.",
        examples=["https://sum.acme.example"],
    )


class Samples(_Shape):
    """Module paths that prove the patterns."""

    private: tuple[Module, ...] | None = Field(
        default=None, description="Each of these must be private.", examples=[["git.acme.example/team/app"]]
    )
    public: tuple[Module, ...] | None = Field(
        default=None, description="None of these may be private.", examples=[["golang.org/x/text"]]
    )


class Private(_Shape):
    """Modules whose names must not leave."""

    modules: tuple[Glob, ...] | None = Field(
        default=None,
        description="GOPRIVATE: patterns of private module paths.",
        examples=[["git.acme.example", "*.git.acme.example"]],
    )
    fetch: Literal["direct", "chain"] | None = Field(
        default=None,
        description="direct (default): from the repository itself. chain: the gatekeeper serves them.",
        examples=["direct"],
    )
    samples: Samples | None = Field(
        default=None,
        description="Module paths that prove the patterns.",
        examples=[{"private": ["git.acme.example/team/app"], "public": ["golang.org/x/text"]}],
    )
    insecure: tuple[Glob, ...] | None = Field(
        default=None,
        description="GOINSECURE: modules that may be fetched without checking certificates.",
        examples=[["old.acme.example"]],
    )


_EGRESS = {"pattern": grammar.EGRESS_URL, "max_length": 300, "examples": ["http://egress.acme.example:3128"]}


class Egress(_Shape):
    """The HTTP forward proxy that leads out."""

    http: Annotated[str, Field(**_EGRESS)] | None = Field(
        default=None, description="HTTP_PROXY: for http addresses.", examples=["http://egress.acme.example:3128"]
    )
    https: Annotated[str, Field(**_EGRESS)] | None = Field(
        default=None, description="HTTPS_PROXY: for https addresses.", examples=["http://egress.acme.example:3128"]
    )
    bypass: tuple[Annotated[str, Field(pattern=grammar.BYPASS, max_length=300)], ...] | None = Field(
        default=None, description="NO_PROXY: hosts that are reached without it.", examples=[[".acme.example"]]
    )


class Trust(_Shape):
    """A certificate authority to trust."""

    name: Name = Field(description="What the authority is called in reports.", examples=["root"])
    file: TreePath = Field(description="Its PEM file, relative to the policy.", examples=["certs/acme-root.pem"])
    sha256: str = Field(
        pattern=grammar.SHA256,
        description="The SHA-256 of the file in hexadecimal; another file is refused.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )


class Waiver(_Shape):
    """A finding that is accepted for a while."""

    rule: str = Field(pattern=grammar.RULE_ID, description="The rule that is waived.", examples=["proxy-http"])
    target: Name | None = Field(
        default=None, description="Only for this target (default: everywhere).", examples=["editors"]
    )
    reason: Words = Field(description="Why it is accepted.", examples=["the gateway gets its certificate in May"])
    owner: Words = Field(description="Who answers for it.", examples=["platform team"])
    expires: str = Field(pattern=grammar.DATE, description="The last day on which it holds.", examples=["2027-03-31"])


class Settings(_Shape):
    """What can be set for all targets, and varied by a profile."""

    go: Go | None = Field(default=None, description="The go command itself.", examples=[{"toolchain": "local"}])
    chain: tuple[ChainEntry, ...] | None = Field(
        default=None,
        description='GOPROXY: the module proxies in order; the last entry may be direct or "off".',
        examples=[[{"name": "goproxy-cn", "url": "https://goproxy.cn", "role": "mirror"}, "direct"]],
    )
    checksum: Checksum | None = Field(
        default=None,
        description="The checksum database that public modules are verified with.",
        examples=[{"database": "sum.golang.org"}],
    )
    private: Private | None = Field(
        default=None,
        description="Modules whose names must not leave.",
        examples=[{"modules": ["git.acme.example"], "fetch": "direct"}],
    )
    egress: Egress | None = Field(
        default=None,
        description="The HTTP forward proxy that leads out.",
        examples=[{"https": "http://egress.acme.example:3128"}],
    )
    trust: tuple[Trust, ...] | None = Field(
        default=None,
        description="Certificate authorities to trust.",
        examples=[[{"name": "root", "file": "certs/root.pem", "sha256": "0" * 64}]],
    )


class Spec(Settings):
    """What the policy says."""

    waivers: tuple[Waiver, ...] | None = Field(
        default=None,
        description="Findings that are accepted for a while.",
        examples=[[{"rule": "proxy-http", "reason": "no TLS yet", "owner": "platform team", "expires": "2027-03-31"}]],
    )
    #: Each entry is checked against the model of expectations, which is imported then; see ``load`` and ``schema``.
    expect: tuple[dict[str, Any], ...] | None = Field(
        default=None,
        description="What the policy promises; validate tries each.",
        examples=[[{"module": "git.acme.example/team/app", "reaches": ["gateway", "origin"]}]],
    )
    profiles: dict[Name, Settings] | None = Field(
        default=None,
        description="Named variations; a target names the one it gets.",
        examples=[{"laptop": {"checksum": {"database": "sum.golang.google.cn"}}}],
    )
    #: Each entry is checked against the model of its kind, which is imported then; see ``check`` and ``schema``.
    targets: tuple[dict[str, Any], ...] | None = Field(
        default=None,
        description="What is made of the policy, each entry with its kind.",
        examples=[[{"name": "laptops", "kind": "bat", "path": "windows/set-go-proxy.bat"}]],
    )


class _Document(_Shape):
    apiVersion: Literal["goproxyctl/v1"] = Field(  # noqa: N815 called so in every file of this sort
        description="The version of this format.", examples=["goproxyctl/v1"]
    )
    extends: Annotated[str, Field(pattern=grammar.EXTENDS, max_length=1024)] | None = Field(
        default=None,
        description="The base that this file varies: a path relative to this file.",
        examples=["../base/policy-base.yaml"],
    )


class PolicyDocument(_Document):
    """A policy: one statement for everything that has to know how go reaches modules."""

    kind: Literal["Policy"] = Field(description="Policy; a file that policies extend is a PolicyBase.")
    metadata: Metadata = Field(description="Who the policy belongs to.", examples=[{"name": "acme"}])
    spec: Spec = Field(description="What the policy says.", examples=[{"chain": ["direct"], "targets": []}])


class BaseDocument(_Document):
    """A base that policies extend; every setting is optional."""

    kind: Literal["PolicyBase"] = Field(description="PolicyBase; a file that stands for itself is a Policy.")
    metadata: Metadata | None = Field(default=None, description="Who keeps the base.", examples=[{"name": "acme"}])
    spec: Spec | None = Field(default=None, description="What the base says.", examples=[{"chain": ["direct"]}])

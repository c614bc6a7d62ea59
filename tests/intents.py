"""Generated intents, within the grammars of a policy, and a target of every kind for them."""

import json
import random
import string
from typing import Any, Literal

from goproxyctl.intent import Egress, Fallback, Hop, Intent, Role
from goproxyctl.targets import KINDS, load_kind
from goproxyctl.targets.base import Target

_LDH = string.ascii_lowercase + string.digits


def _word(rng: random.Random, alphabet: str, longest: int = 8) -> str:
    return "".join(rng.choice(alphabet) for _ in range(rng.randint(1, longest)))


def _host(rng: random.Random) -> str:
    if rng.random() < 0.1:
        return f"{rng.randint(1, 223)}.0.2.{rng.randint(0, 255)}"
    if rng.random() < 0.1:
        return f"[2001:db8::{rng.randint(1, 65535):x}]"
    return f"{_word(rng, _LDH)}.{_word(rng, _LDH)}.example"


def _url(rng: random.Random) -> str:
    port = f":{rng.randint(1, 65535)}" if rng.random() < 0.3 else ""
    segments = [_word(rng, string.ascii_letters + string.digits + "._~+@:=-") for _ in range(rng.randint(0, 3))]
    if segments and rng.random() < 0.3:
        segments[-1] += rng.choice(["%2F", "%20x", "%25PATH%25", "%7e"])
    return f"{rng.choice(['https', 'http'])}://{_host(rng)}{port}" + "".join(f"/{segment}" for segment in segments)


def _glob(rng: random.Random) -> str:
    parts = [_word(rng, _LDH + ".-_~*?+") for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.2:
        parts[0] = rng.choice(["[a-z0-9]*", "[^a]b", "*.acme.example", "off", "null", "~"])
    return "/".join(parts)


def _some(rng: random.Random, make: Any, most: int) -> tuple[str, ...]:
    return tuple(make(rng) for _ in range(rng.randint(0, most)))


def make_intent(rng: random.Random) -> Intent:
    """An intent as a policy could give it; the same for the same state of ``rng``."""
    hops = tuple(
        Hop(f"hop-{number}", _url(rng), rng.choice(list(Role)), rng.choice(list(Fallback)))
        for number in range(rng.randint(0, 4))
    )
    ends: list[Literal["direct", "off"] | None] = ["direct", "off", None] if hops else ["direct", "off"]
    return Intent(
        owner=rng.choice(["acme", "a", "0", "off", "1e3", "team.platform-7"]),
        target="x",
        hops=hops,
        end=rng.choice(ends),
        toolchain=rng.choice(["auto", "local", "path", "go1.26.6", "go1.26.6+auto", "local+path"]),
        checksum=rng.choice(["off", "sum.golang.org", "sum.golang.google.cn", "sum.a.example+0a1b2c3d+AfE/+=="]),
        private=_some(rng, _glob, 5),
        fetch=rng.choice(["direct", "chain"]),
        insecure=_some(rng, _glob, 2),
        vcs=rng.choice([(), ("private:git", "public:git|hg"), ("*:off",)]),
        flags=rng.choice([(), ("-mod=readonly",), ("-mod=mod", "-modcacherw", "-trimpath")]),
        auth=rng.choice([None, "off", "netrc"]),
        egress=rng.choice(
            [Egress(), Egress("http://e.example:3128", "socks5://e.example:1080", ("*", ".acme.example", "10.0.0.0/8"))]
        ),
    )


#: The options of a target of each kind; "path" is different for every target of a test.
OPTIONS: dict[str, dict[str, Any]] = {
    "allow-list": {"path": "x.txt"},
    "argocd": {"path": "x.yaml", "repo": "https://git.a.example/x.git", "namespaces": ["*"]},
    "bat": {"path": "x.bat", "ca_file": "C:\\ca files (x86)\\bundle.pem"},
    "ca-import": {},
    "configmap": {"path": "x.yaml", "namespaces": ["no", "team-a", "123"], "ca_file": "/etc/ca.pem"},
    "devcontainer": {},
    "dockerfile": {"path": "Dockerfile", "image": "golang:1.26-bookworm", "ca_file": "/etc/my ca.pem"},
    "flux": {"path": "x.yaml", "url": "https://git.a.example/x.git"},
    "github-actions": {"ca_file": "/etc/ca.pem"},
    "gitlab-ci": {"path": "x.yml", "ca_file": "/etc/ca.pem"},
    "go-env": {},
    "helm-values": {"path": "x.yaml", "at": "extraEnv", "ca_file": "/etc/ca.pem"},
    "kustomize": {"containers": ["build"], "ca_file": "/etc/ca.pem"},
    "kyverno": {"path": "x.yaml", "namespaces": {"match": "all", "except": ["x"]}, "ca_file": "/etc/ca.pem"},
    "powershell": {"path": "x.ps1", "ca_file": "C:\\ca files\\bundle.pem"},
    "reg": {"path": "x.reg", "ca_file": "C:\\ca files\\bundle.pem"},
    "scheduled-task": {"path": "~/x.ps1"},
    "secret-ref": {"path": "x.yaml", "containers": ["build"]},
    "sh": {"path": "x.sh", "ca_file": "/etc/my ca.pem"},
    "trust-bundle": {"path": "x.yaml", "namespaces": ["team-a"], "form": "bundle", "public": True},
    "vscode-launch": {"configurations": ["Launch \u4ee3\u7406", "a/b#c~d[e=f]"]},
    "vscode-settings": {},
    "windows-environment": {"ca_file": "C:\\ca files\\bundle.pem"},
}


def make_target(kind: str, **options: Any) -> Target:
    """A target as the policy's JSON gives it."""
    fields = {"name": "x", "kind": kind, **OPTIONS[kind], **options}
    return load_kind(kind).model_validate_json(json.dumps(fields))


def stated(target: Target, intent: Intent) -> dict[str, str]:
    """What the artifact of a target has to state, by the contract of kinds."""
    ca_file = getattr(target, "ca_file", None)
    return intent.variables(ca_file) if target.carries_process_settings else intent.module_settings()


assert set(OPTIONS) == set(KINDS)

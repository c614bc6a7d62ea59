"""Whole policies for hypothesis: `policies` are valid, `broken_policies` are not."""

import random
from typing import Any

from hypothesis import strategies as st

from goproxyctl.targets import KINDS
from tests.policy_yaml import to_yaml

_NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,12}[a-z0-9]", fullmatch=True)
_HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,8}\.(acme|corp|a-b)\.example", fullmatch=True)
_PATHS = st.sampled_from(
    ["", "/", "/goproxy", "/goproxy/", "/a%2Fb/c_d~e+f@g:h=i", "/x%20y", "/%PATH%25".replace("%P", "%50")]
)
_PORTS = st.sampled_from(["", ":443", ":8443", ":65535", ":1"])
_URLS = st.builds(lambda host, port, path: f"https://{host}{port}{path}", _HOSTS, _PORTS, _PATHS)
_GLOBS = st.one_of(
    _HOSTS,
    st.builds(
        "{}/{}".format, _HOSTS, st.sampled_from(["team", "Team", "te?m*", "[a-c]x", "[^x-z]y", "a/b/c", "~x+y_z"])
    ),
    st.builds("*.{}".format, _HOSTS),
    st.sampled_from(["github.com/acme", "github.com/Acme-*", "gitlab.com/acme/[a-m]*"]),
)
_BYPASS = st.sampled_from(
    ["localhost", ".acme.example", "*.corp.example", "10.0.0.0/8", "192.168.1.1:3128", "::1", "[::1]:80", "*"]
)

#: The fields of a target of each kind beside name, kind and profile; NAME is replaced to keep paths apart.
_TARGETS: dict[str, list[dict[str, Any]]] = {
    "allow-list": [{"path": "net/NAME.txt"}, {"path": "NAME.csv"}, {"path": "NAME.list", "form": "json"}],
    "argocd": [
        {"path": "argocd/NAME.yaml", "repo": "https://git.acme.example/x.git", "namespaces": ["team-*"]},
        {
            "path": "NAME.yml",
            "repo": "ssh://git@a.example/x",
            "namespaces": ["*"],
            "split": True,
            "clusters": {"a": "b"},
        },
    ],
    "bat": [
        {"path": "win/NAME.bat"},
        {"path": "NAME.cmd", "ca_file": "C:\\ProgramData\\ca bundle.pem"},
        {"path": "win/NAME.bat", "scope": "user"},
    ],
    "ca-import": [{}, {"scope": "machine", "store": "intermediate"}],
    "configmap": [{"path": "k8s/NAME.yaml", "namespaces": ["team-a", "no"]}, {"path": "NAME.yml", "namespaces": ["x"]}],
    "devcontainer": [{"path": "NAME/devcontainer.json"}, {"path": "NAME.json", "scope": "remoteEnv"}],
    "dockerfile": [{"path": "NAME/Dockerfile", "image": "golang:1.26-bookworm"}],
    "flux": [{"path": "flux/NAME.yaml", "url": "oci://registry.acme.example/x"}],
    "github-actions": [{"path": ".github/actions/NAME/action.yml"}],
    "gitlab-ci": [{"path": "ci/NAME.yml"}, {"path": "ci dir/NAME.yaml", "ca_file": "/etc/ssl/ca.pem"}],
    "go-env": [{"path": "~/go/NAME"}, {"path": "go/NAME.env", "lend": True}],
    "helm-values": [{"path": "helm/NAME.yaml", "at": "runner.env"}, {"path": "NAME.yml", "at": "env", "form": "map"}],
    "kustomize": [{"path": "NAME/kustomization.yaml"}, {"path": "NAME/kustomization.yml", "containers": ["build"]}],
    "kyverno": [
        {"path": "k8s/NAME.yaml", "namespaces": {"match": {"team": "go"}}},
        {"path": "NAME.yml", "namespaces": ["team-a"], "engine": "native", "selector": {"acme.example/go": ""}},
    ],
    "powershell": [{"path": "win/NAME.ps1"}, {"path": "win/NAME.ps1", "scope": "user"}],
    "reg": [{"path": "win/NAME.reg"}, {"path": "NAME.reg", "uninstall": "NAME off.reg", "scope": "machine"}],
    "scheduled-task": [{"path": "~/NAME.ps1"}, {"path": "~/a b/NAME.ps1", "offline": True}],
    "secret-ref": [{"path": "k8s/NAME.yaml", "containers": ["build"], "workload": "CronJob"}],
    "sh": [{"path": "sh/NAME.sh"}, {"path": "~/.config/NAME.sh", "ca_file": "/etc/ssl/ca.pem"}],
    "trust-bundle": [
        {"path": "k8s/NAME.yaml", "form": "bundle", "public": True, "namespaces": {"match": "all", "except": ["x"]}}
    ],
    "vscode-launch": [
        {"path": "NAME/launch.json", "configurations": ["Launch", "Tests '\"\\ \u4e2d"]},
        {"path": "NAME/launch.json", "configurations": ["Ours"], "create": True},
    ],
    "vscode-settings": [{"path": "NAME/settings.json"}],
    "windows-environment": [{}, {"scope": "machine", "ca_file": "C:\\ProgramData\\ca bundle.pem"}],
}
assert _TARGETS.keys() == KINDS.keys(), "a new kind needs a line here"
#: Kinds that need something of the machine for themselves: its user's variables, the file of go env -w.
_ONCE = {"windows-environment", "scheduled-task"}


@st.composite
def chains(draw: st.DrawFn) -> list[Any]:
    """A chain: gatekeepers first, every address and name once, a keyword last or none."""
    urls = draw(st.lists(_URLS, max_size=4, unique_by=lambda url: url.replace(":443", "").rstrip("/")))
    gatekeepers = draw(st.integers(0, min(1, len(urls))))
    chain: list[Any] = []
    for index, url in enumerate(urls):
        hop = {"name": f"hop-{index}", "url": url, "role": "gatekeeper" if index < gatekeepers else "mirror"}
        fallback = draw(st.sampled_from(["", "not-found"] if index < gatekeepers else ["", "not-found", "any-error"]))
        chain.append({**hop, "fallback": fallback} if fallback else hop)
    return [*chain, *draw(st.sampled_from([["direct"], ["off"], []] if chain else [["direct"], ["off"]]))]


@st.composite
def sections(draw: st.DrawFn, modules: list[str] | None = None) -> dict[str, Any]:
    """What a policy or a profile may set; ``modules`` are kept private."""
    chain = draw(chains())
    private: dict[str, Any] = {
        "modules": draw(st.lists(_GLOBS, max_size=4, unique=True)) if modules is None else modules
    }
    gatekeeper = any(isinstance(hop, dict) and hop["role"] == "gatekeeper" for hop in chain)
    private["fetch"] = draw(st.sampled_from(["direct", "chain"] if gatekeeper else ["direct"]))
    return {
        "chain": chain,
        "private": private,
        "checksum": draw(st.sampled_from([{}, {"database": "sum.golang.org"}, {"database": "sum.golang.google.cn"}])),
        "go": draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "minimum": st.sampled_from(["1.21", "1.26.6"]),
                    "toolchain": st.sampled_from(["auto", "local", "path", "go1.27.0+auto", "local+path"]),
                    "flags": st.sampled_from([[], ["-mod=readonly", "-trimpath"], ["-modcacherw", "-buildvcs=auto"]]),
                    "auth": st.sampled_from(["off", "netrc"]),
                    "vcs": st.sampled_from([["private:git", "public:git|hg"], ["*.acme.example:all"], ["*:off"]]),
                },
            )
        ),
        "egress": draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "http": st.just("http://egress.acme.example:3128"),
                    "https": st.just("socks5://10.0.0.1:1080"),
                    "bypass": st.lists(_BYPASS, max_size=3),
                },
            )
        ),
    }


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    """A valid policy as data."""
    spec = draw(sections())
    profiles = draw(st.lists(_NAMES, max_size=2, unique=True))
    spec["profiles"] = {name: draw(sections(spec["private"]["modules"])) for name in profiles}
    for profile in spec["profiles"].values():
        for left_out in draw(st.lists(st.sampled_from(["private", "chain", "go", "egress"]), max_size=3)):
            # A chain and what it serves belong together.
            for name in ("chain", "private") if left_out in ("chain", "private") else (left_out,):
                profile.pop(name, None)
    names = draw(st.lists(_NAMES, max_size=5, unique=True))
    spec["targets"] = []
    for name in names:
        kind = draw(st.sampled_from(sorted(KINDS)))
        fields = draw(st.sampled_from(_TARGETS[kind]))
        if kind in _ONCE and any(target["kind"] == kind for target in spec["targets"]):
            continue  # both would want the same values
        placed = {
            field: value.replace("NAME", name) if isinstance(value, str) else value for field, value in fields.items()
        }
        wanted = bool(profiles) and draw(st.sampled_from((True, False)))
        used = {"profile": draw(st.sampled_from(profiles))} if wanted else {}
        spec["targets"].append({"name": name, "kind": kind, **placed, **used})
        if kind == "scheduled-task":  # what it moves is lent to it
            spec["targets"].append({"name": f"the-go-env-of-{name}", "kind": "go-env", "lend": True, **used})
    metadata = {"name": draw(_NAMES), "annotations": {"config.kubernetes.io/local-config": "true"}}
    return {"apiVersion": "goproxyctl/v1", "kind": "Policy", "metadata": metadata, "spec": spec}


@st.composite
def policies(draw: st.DrawFn) -> str:
    """The YAML text of a policy that loads without an error, in block or in flow style."""
    flow = draw(st.booleans())
    return to_yaml(draw(trees()), flow=flow).lstrip("\n") + "\n"


@st.composite
def broken_policies(draw: st.DrawFn) -> str:
    """A policy text with something cut out, put in or doubled: anything may happen, but no other error than ours."""
    text = draw(policies())
    for _ in range(draw(st.integers(1, 3))):
        at, width = draw(st.integers(0, len(text))), draw(st.integers(0, 30))
        text = text[:at] + draw(st.one_of(st.sampled_from(_INSERTS), st.text(max_size=8))) + text[at + width :]
    return text


_INSERTS = [
    *(
        ":",
        ": ",
        "- ",
        "\n",
        "\t",
        "'",
        '"',
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a ",
        "!!str ",
        "<<: ",
        "# ",
        "|\n",
        ">\n",
        "? ",
    ),
    *("\x00", "\x85", "\u2028", "\ufeff", "\ud7ff", "%YAML 1.1\n", "---\n", "...\n", "off", "1.20", "~", "@", "`", ","),
]


def sample_policies(count: int, seed: int = 2026) -> list[str]:
    """``count`` valid policies without hypothesis around the test; the same for the same seed."""
    from hypothesis import HealthCheck, Phase, given
    from hypothesis import seed as seeded
    from hypothesis import settings as configured

    found: list[str] = []

    @seeded(seed)
    @configured(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(text=policies())
    def collect(text: str) -> None:
        found.append(text)

    collect()
    random.Random(seed).shuffle(found)
    return found[:count]

"""Pages of the rules about names, paths and waivers."""

from goproxyctl.rules.pages import Page, policy_page
from goproxyctl.rules.pages.beside import trusting

_OWN = "goproxyctl, docs/policy.md"
_HTTP = '  chain: [{name: gateway, url: "http://goproxy.acme.example", role: gatekeeper}, "off"]\n'
_DESKS = (
    "  targets:\n"
    '    - {name: desks, kind: powershell, path: desks.ps1, scope: %s, ca_file: "C:\\\\acme\\\\bundle.pem"}\n'
)
_PODS = (
    "  targets:\n"
    "    - {name: settings, kind: configmap, path: manifests/settings.yaml, namespaces: [team-a]%s}\n"
    "    - {name: pods, kind: kyverno, engine: native, path: manifests/pods.yaml, namespaces: [team-a]}\n"
)
_SH = "  targets: [{name: shells, kind: sh, path: goproxy.sh}]\n"


def _waivers(*waivers: str, expires: str = "2027-12-31") -> str:
    lines = (f'    - {{{waiver}, reason: agreed, owner: platform team, expires: "{expires}"}}\n' for waiver in waivers)
    return "  waivers:\n" + "".join(lines)


PAGES: dict[str, Page] = {
    "profile-unknown": policy_page(
        "  profiles: {laptop: {go: {toolchain: local}}}\n"
        "  targets: [{name: shells, kind: sh, path: goproxy.sh, profile: laptops}]\n",
        "  profiles: {laptop: {go: {toolchain: local}}}\n"
        "  targets: [{name: shells, kind: sh, path: goproxy.sh, profile: laptop}]\n",
        _OWN,
    ),
    "name-duplicate": policy_page(
        "  targets:\n    - {name: shells, kind: sh, path: a.sh}\n    - {name: shells, kind: sh, path: b.sh}\n",
        "  targets:\n    - {name: shells, kind: sh, path: a.sh}\n    - {name: builders, kind: sh, path: b.sh}\n",
        _OWN,
    ),
    "path-unsafe": policy_page(
        "  targets: [{name: shells, kind: sh, path: ../goproxy.sh}]\n",
        _SH,
        "learn.microsoft.com, Naming Files, Paths, and Namespaces; a target writes below the folder of its policy only",
    ),
    "waiver-rule-unknown": policy_page(_HTTP + _waivers("rule: proxy-htp"), _HTTP + _waivers("rule: proxy-http"), _OWN),
    "waiver-target-unknown": policy_page(
        _HTTP + _SH + _waivers("rule: proxy-http, target: shell"),
        _HTTP + _SH + _waivers("rule: proxy-http, target: shells"),
        _OWN,
    ),
    "waiver-duplicate": policy_page(
        _HTTP + _waivers("rule: proxy-http", "rule: proxy-http"), _HTTP + _waivers("rule: proxy-http"), _OWN
    ),
    "waiver-expired": policy_page(
        _HTTP + _waivers("rule: proxy-http", expires="2025-12-31"), _HTTP + _waivers("rule: proxy-http"), _OWN
    ),
    "waiver-refused": policy_page(
        "  chain: []\n" + _waivers("rule: proxy-empty"), _HTTP + _waivers("rule: proxy-http"), _OWN
    ),
    "waiver-unused": policy_page(_waivers("rule: proxy-http"), _HTTP + _waivers("rule: proxy-http"), _OWN),
    "egress-not-carried": policy_page(
        '  egress: {https: "http://egress.acme.example:3128"}\n  targets: [{name: workstation, kind: go-env}]\n',
        '  egress: {https: "http://egress.acme.example:3128"}\n' + _SH,
        "golang/go src/internal/cfg/cfg.go, KnownEnv: a go env file has no HTTP_PROXY",
    ),
    "trust-not-carried": policy_page(
        trusting("root") + _SH,
        trusting("root") + "  targets: [{name: shells, kind: sh, path: goproxy.sh, ca_file: /etc/ssl/acme.pem}]\n",
        "golang/go src/crypto/x509/root_unix.go: SSL_CERT_FILE names the file to trust",
    ),
    "ca-file-not-carried": policy_page(
        _DESKS % "user",
        _DESKS % "session",
        "golang/go src/internal/cfg/cfg.go, KnownEnv: a go env file has no SSL_CERT_FILE",
    ),
    "configmap-hashed": policy_page(
        _PODS % ", immutable: true",
        _PODS % "",
        "kubernetes.io, ConfigMaps: a container that refers to one that does not exist does not start",
    ),
}

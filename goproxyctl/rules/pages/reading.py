"""Pages of the rules about what is found while the files of a policy are read."""

from goproxyctl.rules.pages import HEAD, Page, policy_file_page, policy_page
from goproxyctl.rules.pages.beside import sum_of, trusting

_OWN = "goproxyctl, docs/policy.md"
_YAML = "yaml.org/spec/1.2.2"
_PROXY = "golang/go src/cmd/go/internal/modfetch/proxy.go"
_DIRECT = "  chain: [direct]\n"
_HEAD = "apiVersion: goproxyctl/v1\nkind: Policy\nmetadata: {name: acme}\n"


def _hop(url: str) -> str:
    return f'  chain:\n    - {{name: gateway, url: "{url}", role: gatekeeper}}\n    - "off"\n'


_HOP = _hop("https://goproxy.acme.example")


PAGES: dict[str, Page] = {
    "yaml-syntax": policy_page("  chain: [direct\n", _DIRECT, _YAML),
    "yaml-limit": policy_file_page(
        f"{HEAD}{_DIRECT}---\n{HEAD}{_DIRECT}", HEAD + _DIRECT, f"{_YAML}, 9.2: a file may hold several documents"
    ),
    "yaml-encoding": policy_file_page(
        f"# caf\udce9\n{HEAD}{_DIRECT}", f"# café\n{HEAD}{_DIRECT}", f"{_YAML}, 5.2, character encodings"
    ),
    "yaml-character": policy_file_page(
        f"# a\u200b\u202eb\n{HEAD}{_DIRECT}", f"# ab\n{HEAD}{_DIRECT}", "unicode.org/reports/tr36, bidirectional text"
    ),
    "yaml-document": policy_file_page("- direct\n", HEAD + _DIRECT, _OWN),
    "yaml-duplicate-key": policy_page(
        '  chain: ["off"]\n  chain: [direct]\n', _DIRECT, f"{_YAML}, 3.2.1.3: the names of a mapping are unique"
    ),
    "yaml-key": policy_page("  [chain]: [direct]\n  chain: [direct]\n", _DIRECT, f"{_YAML}, 10.2: JSON schema"),
    "yaml-alias": policy_page(
        "  private: &private {modules: [git.acme.example], fetch: direct}\n  profiles: {laptop: {private: *private}}\n",
        "  private: {modules: [git.acme.example], fetch: direct}\n  profiles: {laptop: {go: {toolchain: local}}}\n",
        f"{_YAML}, 7.1, alias nodes",
    ),
    "yaml-tag": policy_page(
        "  go: {toolchain: !!str local}\n", "  go: {toolchain: local}\n", f"{_YAML}, 6.8.1, node tags"
    ),
    "yaml-quote": policy_page(
        "  go: {minimum: 1.20}\n  chain: [off]\n",
        '  go: {minimum: "1.20", toolchain: local}\n  chain: ["off"]\n',
        "yaml.org/type/bool.html (1.1) and yaml.org/spec/1.2.2, 10.3.2",
    ),
    "field-unknown": policy_page("  chian: [direct]\n  chain: [direct]\n", _DIRECT, _OWN),
    "field-missing": policy_page(
        "  targets: [{name: shells, kind: sh}]\n", "  targets: [{name: shells, kind: sh, path: go.sh}]\n", _OWN
    ),
    "field-type": policy_page("  chain: direct\n", _DIRECT, _OWN),
    "field-value": policy_page(
        '  chain: [{name: g, url: "https://goproxy.cn", role: proxy}, direct]\n',
        '  chain: [{name: g, url: "https://goproxy.cn", role: mirror, fallback: any-error}, direct]\n',
        _OWN,
    ),
    "kind-unknown": policy_page(
        "  targets: [{name: laptops, kind: batch, path: go.bat}]\n",
        "  targets: [{name: laptops, kind: bat, path: go.bat}]\n",
        "goproxyctl kinds",
    ),
    "policy-kind": policy_file_page(
        "apiVersion: goproxyctl/v1\nkind: PolicyBase\nmetadata: {name: acme}\nspec: {chain: [direct]}\n",
        "apiVersion: goproxyctl/v1\nkind: Policy\nmetadata: {name: acme}\nspec: {chain: [direct]}\n",
        _OWN,
    ),
    "extends": policy_file_page(
        f"{_HEAD}extends: bases.yaml\nspec: {{chain: [direct]}}\n",
        f"{_HEAD}extends: base.yaml\nspec: {{chain: [direct]}}\n",
        _OWN,
    ),
    "private-lost": policy_file_page(
        f"{_HEAD}extends: base.yaml\nspec:\n{_DIRECT}  private: {{modules: [shop.acme.example]}}\n",
        f"{_HEAD}extends: base.yaml\nspec:\n{_DIRECT}"
        '  private: {modules: [git.acme.example, "*.git.acme.example", shop.acme.example]}\n',
        _OWN,
    ),
    "trust-file": policy_page(trusting("root").replace(sum_of("root"), "f" * 64), trusting("root"), _OWN),
    "target-conflict": policy_page(
        "  targets:\n    - {name: a, kind: sh, path: go.sh}\n    - {name: b, kind: sh, path: go.sh}\n",
        "  targets:\n    - {name: a, kind: sh, path: a.sh}\n    - {name: b, kind: sh, path: b.sh}\n",
        _OWN,
    ),
    "target-unfit": policy_page(
        _hop("https://goproxy.acme.example/a%2Fb")
        + "  targets: [{name: laptops, kind: windows-environment, value_type: REG_EXPAND_SZ}]\n",
        _hop("https://goproxy.acme.example/a%2Fb") + "  targets: [{name: laptops, kind: windows-environment}]\n",
        "learn.microsoft.com, ExpandEnvironmentStringsW",
    ),
    "target-path-reserved": policy_page(
        "  targets: [{name: shells, kind: sh, path: policy.yaml}]\n",
        "  targets: [{name: shells, kind: sh, path: goproxy.sh}]\n",
        _OWN,
    ),
    "proxy-implicit-scheme": policy_page(
        _hop("goproxy.acme.example"), _HOP, f"{_PROXY}, proxyList: https:// is put before what has none"
    ),
    "proxy-wrong-separator": policy_page(
        _hop("https://goproxy.acme.example,https://goproxy.cn"), _HOP, f"{_PROXY}, proxyList"
    ),
    "proxy-inline-secret": policy_page(
        _hop("https://ci:s3cret@goproxy.acme.example"), _HOP, "golang/go src/cmd/go/internal/web/http.go, get"
    ),
    "proxy-keyword-case": policy_page("  chain: [Direct]\n", _DIRECT, f"{_PROXY}, proxyList"),
    "proxy-file-form": policy_page(
        _hop("file:///srv/goproxy"), _HOP, f"{_PROXY}, newProxyRepo; golang/go src/cmd/go/internal/web/url_windows.go"
    ),
    "proxy-http-credentials": policy_page(
        _hop("http://ci:s3cret@goproxy.acme.example"), _HOP, "golang/go src/cmd/go/internal/web/http.go, get"
    ),
    "goflags-invalid": policy_page(
        "  go: {flags: [-race]}\n", "  go: {flags: [-trimpath]}\n", "golang/go src/cmd/go/internal/base/goflags.go"
    ),
    "insecure-flag": policy_page(
        "  go: {flags: [-insecure]}\n", "  go: {flags: [-trimpath]}\n", "go.dev/doc/go1.17#go-command"
    ),
    "auth-goauth-form": policy_page(
        "  go: {auth: git}\n", "  go: {auth: netrc}\n", "golang/go src/cmd/go/internal/auth/auth.go, runGoAuth"
    ),
    "private-glob-blank": policy_page(
        '  private: {modules: [" git.acme.example"], fetch: direct}\n',
        '  private: {modules: ["git.acme.example"], fetch: direct}\n',
        "golang.org/x/mod/module, MatchPrefixPatterns: nothing is trimmed",
    ),
    "fwd-noproxy-syntax": policy_page(
        '  egress: {https: "http://egress.acme.example:3128", bypass: ["10.1.*"]}\n',
        '  egress: {https: "http://egress.acme.example:3128", bypass: [10.1.0.0/16]}\n',
        "golang.org/x/net/http/httpproxy, config.init",
    ),
}

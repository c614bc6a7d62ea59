"""Pages of the rules about the way of a request."""

from goproxyctl.rules.pages import Page, policy_page

_HTTPPROXY = "golang.org/x/net/http/httpproxy"
_AUTH = "golang/go src/cmd/go/internal/auth"
_SUMDB = "golang/go src/cmd/go/internal/modfetch/sumdb.go, dbDial"
_CN = '  chain: [{name: goproxy-cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}, direct]\n'


def _gate(url: str, end: str = '"off"') -> str:
    return f'  chain: [{{name: gateway, url: "{url}", role: gatekeeper}}, {end}]\n'


_GATE = _gate("https://goproxy.acme.example")

PAGES: dict[str, Page] = {
    "fwd-scheme-mismatch": policy_page(
        _CN + '  egress: {http: "http://egress.acme.example:3128"}\n',
        _CN + '  egress: {http: "http://egress.acme.example:3128", https: "http://egress.acme.example:3128"}\n',
        f"{_HTTPPROXY}, proxyForURL",
    ),
    "fwd-noproxy-hides-mirror": policy_page(
        _CN + '  egress: {https: "http://egress.acme.example:3128", bypass: [.acme.example, goproxy.cn]}\n',
        _CN + '  egress: {https: "http://egress.acme.example:3128", bypass: [.acme.example]}\n',
        f"{_HTTPPROXY}, useProxy",
    ),
    "insecure-for-proxy": policy_page(
        _GATE + "  private: {insecure: [goproxy.acme.example]}\n",
        _GATE
        + "  private: {insecure: [old.acme.example]}\n"
        + "  waivers:\n"
        + '    - {rule: insecure-set, reason: it goes in May, owner: platform team, expires: "2027-05-31"}\n',
        "go.dev/ref/mod#environment-variables, GOINSECURE",
    ),
    "auth-http-netrc": policy_page(
        _gate("http://goproxy.acme.example") + "  go: {auth: netrc}\n",
        _GATE + "  go: {auth: netrc}\n",
        f"{_AUTH}/auth.go, AddCredentials",
    ),
    "auth-netrc-port": policy_page(
        _gate("https://goproxy.acme.example:8443") + "  go: {auth: netrc}\n",
        _GATE + "  go: {auth: netrc}\n",
        f"{_AUTH}/auth.go, loadCredential: credentials belong to a host with its port",
    ),
    "sumdb-explicit-url-bypass": policy_page(
        _GATE + "  checksum: {database: sum.golang.google.cn}\n",
        _GATE + "  checksum: {database: sum.golang.org}\n",
        _SUMDB,
    ),
    "sumdb-unsupported-by-chain": policy_page(_GATE, _CN, f"{_SUMDB}; go.dev/ref/mod#checksum-database"),
    "toolchain-auto-unserved": policy_page(
        '  checksum: {database: "off"}\n  go: {toolchain: auto}\n',
        '  checksum: {database: "off"}\n  go: {toolchain: local}\n',
        "golang/go src/cmd/go/internal/toolchain/select.go, Exec; src/cmd/go/internal/modfetch/sumdb.go, useSumDB",
    ),
}

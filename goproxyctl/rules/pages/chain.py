"""Pages of the rules about the chain."""

from goproxyctl.rules.pages import Page, policy_page

_PROXY = "golang/go src/cmd/go/internal/modfetch/proxy.go"
_SUMDB = "golang/go src/cmd/go/internal/modfetch/sumdb.go"

PAGES: dict[str, Page] = {
    "proxy-bad-item": policy_page(
        '  chain:\n    - {name: gateway, url: "https://[2001:db8::1::2]:8443", role: gatekeeper}\n    - direct\n',
        '  chain:\n    - {name: gateway, url: "https://[2001:db8::1]:8443", role: gatekeeper}\n    - direct\n',
        f"{_PROXY}, proxyList: every item is parsed before the first is asked",
    ),
    "proxy-empty": policy_page("  chain: []\n", "  chain: [direct]\n", f"{_PROXY}, proxyList"),
    "proxy-unreachable-tail": policy_page(
        '  chain:\n    - direct\n    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror}\n',
        '  chain:\n    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror}\n    - direct\n',
        f"{_PROXY}, proxyList: parsing stops at direct and off",
    ),
    "proxy-duplicate": policy_page(
        "  chain:\n"
        '    - {name: one, url: "https://goproxy.cn", role: mirror, fallback: any-error}\n'
        '    - {name: two, url: "https://goproxy.cn/", role: mirror, fallback: any-error}\n'
        "    - direct\n",
        '  chain:\n    - {name: one, url: "https://goproxy.cn", role: mirror, fallback: any-error}\n    - direct\n',
        f"{_PROXY}, proxyRepo: answers are remembered per address",
    ),
    "proxy-http": policy_page(
        '  chain: [{name: gateway, url: "http://goproxy.acme.example", role: gatekeeper}, "off"]\n',
        '  chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, "off"]\n',
        f"{_PROXY}, newProxyRepo: http is accepted without a word",
    ),
    "proxy-pipe-masks-auth": policy_page(
        "  chain:\n"
        '    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper, fallback: any-error}\n'
        "    - direct\n",
        '  chain:\n    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}\n    - direct\n',
        f"{_PROXY}, TryProxies: '|' goes on after 401 and 403 too",
    ),
    "proxy-off-with-private": policy_page(
        '  chain: ["off"]\n  private: {modules: [git.acme.example]}\n',
        '  chain: ["off"]\n  private: {modules: [git.acme.example], fetch: chain}\n',
        f"{_PROXY}, proxyList: modules of GONOPROXY are fetched directly whatever GOPROXY says",
    ),
    "proxy-off-sumdb-on": policy_page(
        '  chain: ["off"]\n',
        '  chain: ["off"]\n'
        '  checksum: {database: "off"}\n'
        "  go: {toolchain: local}\n"
        "  waivers:\n"
        '    - {rule: sumdb-off, reason: nothing is downloaded, owner: platform team, expires: "2027-12-31"}\n',
        f"{_SUMDB}, dbDial: GOPROXY=off is no reason not to dial",
    ),
    "private-fetch-no-gatekeeper": policy_page(
        "  chain:\n"
        '    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror}\n'
        "    - direct\n"
        "  private: {modules: [git.acme.example], fetch: chain}\n",
        "  chain:\n"
        '    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}\n'
        "    - direct\n"
        "  private: {modules: [git.acme.example], fetch: chain}\n",
        f"{_PROXY}, TryProxies",
    ),
    "private-fetch-mirror-first": policy_page(
        "  chain:\n"
        '    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror}\n'
        '    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}\n'
        "    - direct\n"
        "  private: {modules: [git.acme.example], fetch: chain}\n",
        "  chain:\n"
        '    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}\n'
        '    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror}\n'
        '    - "off"\n'
        "  private: {modules: [git.acme.example], fetch: chain}\n",
        f"{_PROXY}, TryProxies: every lookup begins at the first hop",
    ),
}

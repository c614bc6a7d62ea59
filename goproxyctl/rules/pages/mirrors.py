"""Pages of the rules about mirrors."""

from goproxyctl.rules.pages import Page, policy_page

_TRY = "golang/go src/cmd/go/internal/modfetch/proxy.go, TryProxies"
_TWO = (
    "  chain:\n"
    '    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror%s}\n'
    '    - {name: aliyun, url: "https://mirrors.aliyun.com/goproxy/", role: mirror, fallback: any-error}\n'
    "    - direct\n"
)

PAGES: dict[str, Page] = {
    "proxy-comma-no-failover": policy_page(_TWO % "", _TWO % ", fallback: any-error", _TRY),
    "proxy-direct-after-comma": policy_page(
        '  chain: [{name: google, url: "https://proxy.golang.org", role: mirror}, direct]\n',
        '  chain: [{name: google, url: "https://proxy.golang.org", role: mirror, fallback: any-error}, direct]\n',
        _TRY,
    ),
    "proxy-no-terminal": policy_page(
        '  chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}]\n',
        '  chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, "off"]\n',
        _TRY,
    ),
    "proxy-pipe-masks-tamper": policy_page(
        "  chain:\n"
        '    - {name: cache, url: "http://cache.acme.example:3000", role: mirror, fallback: any-error}\n'
        "    - direct\n",
        "  chain:\n"
        '    - {name: cache, url: "https://cache.acme.example:3000", role: mirror, fallback: any-error}\n'
        "    - direct\n",
        f"{_TRY}: a go.mod with the wrong checksum is an error like others",
    ),
    "proxy-direct-present": policy_page(
        '  go: {vcs: ["*:off"]}\n'
        '  chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, direct]\n',
        '  go: {vcs: ["*:off"]}\n'
        '  chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, "off"]\n',
        "golang/go src/cmd/go/internal/vcs/vcs.go, CheckGOVCS",
    ),
    "proxy-path-typo": policy_page(
        '  chain: [{name: goproxy-cn, url: "https://goproxy.cn/proxy", role: mirror, fallback: any-error}, direct]\n',
        '  chain: [{name: goproxy-cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}, direct]\n',
        "the pages of goproxy.cn, goproxy.io, proxy.golang.org and mirrors.aliyun.com",
    ),
    "proxy-known-dead": policy_page(
        '  chain: [{name: gocenter, url: "https://gocenter.io", role: mirror, fallback: any-error}, direct]\n',
        "  chain: [direct]\n",
        "jfrog.com, Into the Sunset: Bintray, JCenter, GoCenter, and ChartCenter",
    ),
}

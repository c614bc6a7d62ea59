"""Pages of the rules about a scheduled failover."""

from goproxyctl.rules.pages import Page, policy_page

_OWN = "goproxyctl, docs/windows.md"
_CHAIN = (
    "  chain:\n"
    '    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}\n'
    '    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}\n'
    "    - direct\n"
)
_TARGETS = (
    "  targets:\n"
    "    - {name: failover, kind: scheduled-task, path: ~/AppData/Local/acme/failover.ps1%s}\n"
    "    - {name: go, kind: go-env%s}\n"
)
_LENT = ", lend: true"
_PRIVATE = "  private: {modules: [git.acme.example]}\n"

PAGES: dict[str, Page] = {
    "failover-not-lent": policy_page(_CHAIN + _TARGETS % ("", ""), _CHAIN + _TARGETS % ("", _LENT), _OWN),
    "failover-sample-private": policy_page(
        _CHAIN + _PRIVATE + _TARGETS % (", sample: git.acme.example/team/app@v1.0.0", _LENT),
        _CHAIN + _PRIVATE + _TARGETS % (", sample: golang.org/x/text@v0.3.0", _LENT),
        "go.dev/ref/mod#goproxy-protocol: a request names the module",
    ),
    "failover-idle": policy_page(
        _CHAIN.replace(", fallback: any-error", "") + _TARGETS % ("", _LENT),
        _CHAIN + _TARGETS % ("", _LENT),
        "go.dev/ref/mod#environment-variables, GOPROXY: after a comma only 404 and 410 lead to the next entry",
    ),
}

"""Pages of the rules about expectations."""

from goproxyctl.rules.pages import Page, policy_page

_OWN = "goproxyctl, docs/route.md"
_CHAIN = """\
  chain:
    - {name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}
    - {name: goproxy-cn, url: "https://goproxy.cn", role: mirror, fallback: any-error}
    - direct
  private: {modules: [git.acme.example]}
"""


def _expected(bad: str, good: str) -> Page:
    head = f"{_CHAIN}  expect:\n    - "
    return policy_page(f"{head}{{{bad}}}\n", f"{head}{{{good}}}\n", _OWN)


PAGES: dict[str, Page] = {
    "expect-form": _expected(
        "module: git.acme.example/team/app",
        "module: git.acme.example/team/app, reaches: [origin]",
    ),
    "expect-unknown": _expected("survives: goproxy-io", "survives: goproxy-cn"),
    "expect-failed": _expected(
        "module: golang.org/x/text, reaches: [gateway]",
        "module: golang.org/x/text, reaches: [gateway, goproxy-cn, origin, sumdb]",
    ),
}

"""Pages of the rules about private modules."""

from goproxyctl.rules.pages import Page, policy_page

_GLOBS = "golang.org/x/mod/module, MatchPrefixPatterns"


def _modules(*globs: str) -> str:
    return "".join(["  private:\n    modules:\n", *(f'      - "{glob}"\n' for glob in globs), "    fetch: direct\n"])


def _samples(pattern: str, samples: str) -> str:
    return f'  private:\n    modules: ["{pattern}"]\n    samples: {{{samples}}}\n'


PAGES: dict[str, Page] = {
    "private-glob-syntax": policy_page(_modules("git.acme.example/..."), _modules("git.acme.example"), _GLOBS),
    "private-glob-apex": policy_page(
        _modules("*.git.acme.example"), _modules("*.git.acme.example", "git.acme.example"), _GLOBS
    ),
    "private-glob-star-suffix": policy_page(
        _modules("git.acme.example/*"),
        _modules("git.acme.example"),
        "golang/go src/cmd/go/internal/modload/query.go, queryPrefixModules: every prefix of a path is asked for",
    ),
    "private-glob-too-wide": policy_page(
        _modules("github.com"),
        _modules("github.com/acme"),
        f"{_GLOBS}; golang/go src/cmd/go/internal/toolchain/select.go: toolchains are modules of golang.org",
    ),
    "private-uncovered": policy_page(
        _samples("git.acme.example", "private: [gitlab.acme.example/team/app]"),
        _samples("gitlab.acme.example", "private: [gitlab.acme.example/team/app]"),
        "golang/go src/cmd/go/internal/modfetch/sumdb.go, useSumDB; proxy.go, TryProxies",
    ),
    "private-covers-public": policy_page(
        _samples("github.com/acme", "public: [github.com/acme/oss]"),
        _samples("github.com/acme/internal-*", "public: [github.com/acme/oss]"),
        _GLOBS,
    ),
    "private-bypasses-own-proxy": policy_page(
        '  chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, "off"]\n'
        "  private: {modules: [git.acme.example]}\n",
        '  chain: [{name: gateway, url: "https://goproxy.acme.example", role: gatekeeper}, "off"]\n'
        "  private: {modules: [git.acme.example], fetch: chain}\n",
        "go.dev/ref/mod#private-modules: GOPRIVATE is the default of GONOPROXY",
    ),
    "insecure-set": policy_page(
        "  private: {insecure: [old.acme.example]}\n",
        "  trust:\n"
        "    - name: root\n"
        "      file: certs/root.pem\n"
        "      sha256: 8010bfcee1842b2a4ce8f67c3e9455f0188f7a15bf39ec61a26feb75cd785821\n",
        "golang/go src/cmd/go/internal/web/http.go, get",
    ),
}

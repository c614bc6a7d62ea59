"""Pages of the rules about the checksum database and the go command."""

from goproxyctl.rules.pages import Page, policy_page

_SUMDB = "golang/go src/cmd/go/internal/modfetch/sumdb.go, dbDial"
_FLAGS = "golang/go src/cmd/go/internal/base/goflags.go"

PAGES: dict[str, Page] = {
    "sumdb-off": policy_page(
        '  checksum: {database: "off"}\n  go: {toolchain: local}\n',
        "  checksum: {database: sum.golang.google.cn}\n  go: {toolchain: local}\n",
        "golang/go src/cmd/go/internal/modfetch/sumdb.go, useSumDB; src/cmd/go/internal/toolchain/select.go",
    ),
    "sumdb-url-form": policy_page(
        '  checksum: {database: "https://sum.golang.org"}\n', "  checksum: {database: sum.golang.org}\n", _SUMDB
    ),
    "govcs-invalid": policy_page(
        '  go: {vcs: ["public:git", "public:hg"]}\n',
        '  go: {vcs: ["public:git|hg"]}\n',
        "golang/go src/cmd/go/internal/vcs/vcs.go, parseGOVCS",
    ),
    "goflags-twice": policy_page(
        "  go: {flags: [-mod=vendor, -trimpath, -mod=readonly]}\n",
        "  go: {flags: [-trimpath, -mod=readonly]}\n",
        _FLAGS,
    ),
    "goflags-mod-mod": policy_page(
        "  go: {flags: [-mod=mod]}\n",
        "  go: {flags: [-mod=readonly]}\n",
        "go.dev/ref/mod#build-commands",
    ),
    "toolchain-invalid": policy_page(
        "  go: {toolchain: go1.26+auto}\n",
        "  go: {toolchain: go1.26.0+auto}\n",
        "go.dev/doc/toolchain#version; golang/go src/cmd/go/internal/toolchain/select.go, Select",
    ),
    "toolchain-below-minimum": policy_page(
        '  go: {minimum: "1.26.6", toolchain: go1.26.5+auto}\n',
        '  go: {minimum: "1.26.6", toolchain: go1.26.6+auto}\n',
        "go.dev/doc/toolchain",
    ),
}

"""Pages of the rules about layers, go env files, and the way out of a machine."""

from goproxyctl.rules.pages import Page
from goproxyctl.rules.pages.environment.rules import environment_page, goenv_page

_FILE = "golang/go src/cmd/go/internal/cfg/cfg.go, readEnvFile"
_KNOWN = "golang/go src/internal/cfg/cfg.go, KnownEnv"
_LAYERS = "golang/go src/cmd/go/internal/cfg/cfg.go, EnvOrAndChanged"
_HTTPPROXY = "golang.org/x/net/http/httpproxy"

#: What follows this line in an example stands in the file of go env -w. A line "# go 1.20" names the go that reads it.
IN_FILE = "# and in the file of go env -w:"


PAGES: dict[str, Page] = {
    "envfile-encoding": goenv_page("GOSUMDB=sum.golang.org\r", "GOSUMDB=sum.golang.org", _FILE),
    "envfile-syntax": goenv_page(
        'export GOPROXY="https://goproxy.cn,direct"', "GOPROXY=https://goproxy.cn|direct", _FILE
    ),
    "env-goroot-line": goenv_page("GOROOT=/usr/local/go", "GOFLAGS=-mod=readonly", f"{_FILE} and findGOROOT"),
    "env-process-only": goenv_page("HTTPS_PROXY=http://egress.acme.example:3128", "GOFLAGS=-mod=readonly", _KNOWN),
    "unknown-var": environment_page("GONOSUMCHECK=1", "GONOSUMDB=git.acme.example", _KNOWN),
    "env-later": environment_page(
        "# go 1.20\nGOTOOLCHAIN=local", "# go 1.21\nGOTOOLCHAIN=local", "go.dev/doc/toolchain"
    ),
    "env-shadowed": environment_page(
        f"GOPROXY=https://goproxy.io|direct\n{IN_FILE}\nGOPROXY=https://goproxy.cn|direct",
        f"{IN_FILE}\nGOPROXY=https://goproxy.cn|direct",
        _LAYERS,
    ),
    "env-empty-means-unset": environment_page(
        f"GOPRIVATE=\n{IN_FILE}\nGOPRIVATE=git.acme.example",
        f"{IN_FILE}\nGOPRIVATE=none",
        _LAYERS,
    ),
    "fwd-proxy-form": environment_page(
        "HTTPS_PROXY=http//egress.acme.example:3128", "HTTPS_PROXY=http://egress.acme.example:3128", _HTTPPROXY
    ),
    "fwd-all-proxy": environment_page(
        "ALL_PROXY=http://egress.acme.example:3128", "HTTPS_PROXY=http://egress.acme.example:3128", _HTTPPROXY
    ),
    "fwd-case-conflict": environment_page(
        "HTTPS_PROXY=http://a.acme.example:3128\nhttps_proxy=http://b.acme.example:3128",
        "HTTPS_PROXY=http://a.acme.example:3128\nhttps_proxy=http://a.acme.example:3128",
        _HTTPPROXY,
    ),
    "fwd-scheme-mismatch": environment_page(
        "HTTP_PROXY=http://egress.acme.example:3128", "HTTPS_PROXY=http://egress.acme.example:3128", _HTTPPROXY
    ),
    "fwd-noproxy-hides-mirror": environment_page(
        "GOPROXY=https://goproxy.cn|direct\nHTTPS_PROXY=http://egress.acme.example:3128\nNO_PROXY=.cn,goproxy.cn",
        "GOPROXY=https://goproxy.cn|direct\nHTTPS_PROXY=http://egress.acme.example:3128\nNO_PROXY=.acme.example",
        _HTTPPROXY,
    ),
    "tls-cert-file-replaces-store": environment_page(
        "OS=Windows_NT\nSSL_CERT_FILE=C:\\certs\\acme.pem", "OS=Windows_NT", "go.dev/doc/go1.27"
    ),
    "tls-cert-file-ignored": environment_page(
        "# go 1.26.6\nOS=Windows_NT\nSSL_CERT_FILE=C:\\certs\\acme.pem",
        "# go 1.26.6\nOS=Windows_NT",
        "go.dev/doc/go1.27",
    ),
}

"""Pages of the rules about files of a repository."""

from goproxyctl.rules.pages import Example, Page


def _page(name: str, bad: str, good: str, source: str) -> Page:
    return Page(Example("file", bad, name), Example("file", good, name), source)


PAGES: dict[str, Page] = {
    "bat-quoting": _page(
        "build.bat",
        "set GOPROXY=https://goproxy.cn|https://goproxy.io,direct\r\n",
        'set "GOPROXY=https://goproxy.cn|https://goproxy.io,direct"\r\n',
        "Microsoft Learn, cmd",
    ),
    "ps1-quoting": _page(
        "build.ps1",
        "go env -w GOPROXY=https://goproxy.cn,direct\n",
        "go env -w 'GOPROXY=https://goproxy.cn,direct'\n",
        "Microsoft Learn, about_Parsing; not run on Windows itself",
    ),
    "ps1-encoding": _page(
        "build.ps1",
        "'GOSUMDB=sum.golang.org' > $env:APPDATA\\go\\env\n",
        "go env -w 'GOSUMDB=sum.golang.org'\n",
        "Microsoft Learn, about_Character_Encoding; not run on Windows itself",
    ),
    "sh-quoting": _page(
        "build.sh",
        "export GOPROXY=https://goproxy.cn|direct\n",
        "export GOPROXY='https://goproxy.cn|direct'\n",
        "POSIX.1-2017, Shell Command Language, 2.3",
    ),
    "yaml-boolean": _page(
        ".gitlab-ci.yml",
        "variables:\n  GO111MODULE: on\n",
        'variables:\n  GO111MODULE: "on"\n',
        "yaml.org/type/bool.html",
    ),
    "configmap-empty": _page(
        "goproxy.yaml",
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: goproxy}\ndata:\n  GOPRIVATE: ""\n',
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: goproxy}\ndata:\n  GOPRIVATE: none\n",
        "golang/go src/cmd/go/internal/cfg/cfg.go, EnvOrAndChanged",
    ),
    "launch-env-scope": _page(
        ".vscode/launch.json",
        '{"configurations": [{"name": "app", "env": {"GOPROXY": "https://goproxy.cn|direct"}}]}\n',
        '{"configurations": [{"name": "app", "env": {"LOG": "debug"}}]}\n',
        "golang/vscode-go docs/debugging.md, docs/settings.md",
    ),
    "auth-netrc-port": _page(
        "build.sh",
        "export GOPROXY='https://goproxy.acme.example:8443,off'\n"
        'echo "machine goproxy.acme.example login ci password $TOKEN" > ~/.netrc\n',
        "export GOPROXY='https://goproxy.acme.example:8443,off'\n"
        'echo "machine goproxy.acme.example:8443 login ci password $TOKEN" > ~/.netrc\n',
        "golang/go src/cmd/go/internal/auth/auth.go, loadCredential",
    ),
    "env-goenv-off-write": _page(
        "build.sh",
        "GOENV=off go env -w GOFLAGS=-mod=readonly\n",
        "GOENV=$PWD/goenv go env -w GOFLAGS=-mod=readonly\n",
        "golang/go src/cmd/go/internal/envcmd/env.go, updateEnvFile",
    ),
    "ci-clean-modcache": _page(
        ".gitlab-ci.yml",
        "build:\n  script:\n    - go clean -modcache\n    - go build ./...\n",
        "build:\n  script:\n    - go build ./...\n",
        "go.dev/ref/mod#module-cache",
    ),
    "ci-xargs-download": _page(
        ".gitlab-ci.yml",
        "build:\n  script:\n    - go list -m all | xargs go mod download\n",
        "build:\n  script:\n    - go mod download\n",
        "go.dev/ref/mod#go-mod-download",
    ),
    "ci-curl-insecure": _page(
        "probe.sh",
        "curl -fsk https://goproxy.cn/golang.org/x/text/@v/list\n",
        "curl -fs https://goproxy.cn/golang.org/x/text/@v/list\n",
        "golang/go src/cmd/go/internal/web/http.go",
    ),
    "ci-index-check": _page(
        "probe.sh",
        "curl -fs https://index.golang.org/index\n",
        "curl -fs https://proxy.golang.org/golang.org/x/text/@v/list\n",
        "index.golang.org; no file of golang/go src/cmd/go names it",
    ),
}

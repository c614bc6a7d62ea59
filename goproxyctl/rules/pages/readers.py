"""Pages of the rules about who reads what the targets make."""

from goproxyctl.rules.pages import Page, policy_page

_X509 = "go.dev/doc/go1.27; golang/go src/crypto/x509/root_windows.go"
_CA = "  targets: [{name: laptops, kind: bat, path: go.bat%s}]\n"
_FILE = ', ca_file: "C:\\\\acme\\\\bundle.pem"'

PAGES: dict[str, Page] = {
    "go-too-old": policy_page(
        '  go: {minimum: "1.20", auth: netrc}\n',
        '  go: {minimum: "1.24", auth: netrc}\n',
        "the release notes of go 1.14 to 1.24, go.dev/doc",
    ),
    "tls-cert-file-ignored": policy_page(
        '  go: {minimum: "1.26"}\n' + _CA % _FILE,
        '  go: {minimum: "1.27"}\n' + _CA % _FILE,
        _X509,
    ),
    "tls-cert-file-replaces-store": policy_page(_CA % _FILE, _CA % "", _X509),
    "launch-env-scope": policy_page(
        "  targets:\n    - {name: debugger, kind: vscode-launch, configurations: [server]}\n",
        "  targets:\n"
        "    - {name: debugger, kind: vscode-launch, configurations: [server]}\n"
        "    - {name: editors, kind: vscode-settings}\n",
        "golang/vscode-go, docs/debugging.md: env of a launch configuration; docs/settings.md: go.toolsEnvVars",
    ),
}

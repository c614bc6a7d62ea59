"""The rules about files of a repository: what shells, YAML and pipelines make of settings."""

from goproxyctl.errors import Severity
from goproxyctl.rules.registry import Rule
from goproxyctl.text import Text

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING

#: The rules of this module.
RULES: tuple[Rule, ...] = (
    Rule(
        "bat-quoting",
        _ERROR,
        Text("repository.bat-quoting", "a value that cmd.exe cuts or changes"),
        Text(
            "repository.bat-quoting.why", "a bar starts another program, a single % names a variable, # is no comment"
        ),
    ),
    Rule(
        "ps1-quoting",
        _WARNING,
        Text("repository.ps1-quoting", "a value that PowerShell takes apart"),
        Text("repository.ps1-quoting.why", "a comma makes a list, so go gets 'direct' as a word of its own"),
    ),
    Rule(
        "ps1-encoding",
        _WARNING,
        Text("repository.ps1-encoding", "a go env file written by PowerShell"),
        Text("repository.ps1-encoding.why", "Windows PowerShell writes UTF-16, which go ignores without a word"),
    ),
    Rule(
        "sh-quoting",
        _ERROR,
        Text("repository.sh-quoting", "a value that a shell cuts"),
        Text("repository.sh-quoting.why", "without quotes a bar is a pipe, and a value ends at a blank or a semicolon"),
    ),
    Rule(
        "yaml-boolean",
        _ERROR,
        Text("repository.yaml-boolean", "a word that YAML takes for true or false"),
        Text("repository.yaml-boolean.why", "Kubernetes refuses it, and others hand on 'false' or 'true'"),
    ),
    Rule(
        "configmap-empty",
        _WARNING,
        Text("repository.configmap-empty", "an empty variable in a manifest"),
        Text("repository.configmap-empty.why", "go takes it for one that is not set, and goes on to its default"),
    ),
    Rule(
        "launch-env-scope",
        _WARNING,
        Text("repository.launch-env-scope", "a setting of go in launch.json alone"),
        Text(
            "repository.launch-env-scope.why", "only the debugged program's build gets it; gopls and terminals do not"
        ),
    ),
    Rule(
        "auth-netrc-port",
        _ERROR,
        Text("repository.auth-netrc-port", "a netrc entry without the port of the proxy"),
        Text("repository.auth-netrc-port.why", "go compares host and port; it sends no credentials"),
    ),
    Rule(
        "env-goenv-off-write",
        _ERROR,
        Text("repository.env-goenv-off-write", "go env -w while GOENV is off"),
        Text(
            "repository.env-goenv-off-write.why", "it changes the user's own file, which the script then does not read"
        ),
    ),
    Rule(
        "ci-clean-modcache",
        _WARNING,
        Text("repository.ci-clean-modcache", "a module cache that is thrown away as a routine"),
        Text("repository.ci-clean-modcache.why", "nothing in it grows stale; everything is fetched again"),
    ),
    Rule(
        "ci-xargs-download",
        _ERROR,
        Text("repository.ci-xargs-download", "go list, piped into go mod download"),
        Text("repository.ci-xargs-download.why", "names and versions arrive as words of their own; go refuses them"),
    ),
    Rule(
        "ci-curl-insecure",
        _WARNING,
        Text("repository.ci-curl-insecure", "a look at a module proxy without a look at its certificate"),
        Text("repository.ci-curl-insecure.why", "go has no such switch: it fails where the check succeeds"),
    ),
    Rule(
        "ci-index-check",
        _WARNING,
        Text("repository.ci-index-check", "a health check of index.golang.org"),
        Text(
            "repository.ci-index-check.why", "no go command asks it; it may fail while downloads work, or the reverse"
        ),
    ),
)

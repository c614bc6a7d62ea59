"""The proof that the fast tests of layers, files, egress, globs and leaks prove something: broken rules fail them."""

import pytest

from tests.gosem.mutating import fast_tests_pass

#: What is broken: module of gosem, its source, what stands there instead.
MUTANTS: dict[str, tuple[str, str, str]] = {
    "values are trimmed": ("envfile", "_text(value), tuple(", "_text(value.strip()), tuple("),
    "CRLF ends a line": ("envfile", 'text.split(b"\\n")', 'text.replace(b"\\r\\n", b"\\n").split(b"\\n")'),
    "the first line of a key counts": ("envfile", "(first_wins and line.key", "(line.key"),
    "the last line of a key counts in go.env too": ("layers", 'go_env or b"", first_wins=True', 'go_env or b""'),
    "lower-case keys count": ("envfile", 'b"A" <= part[:1] <= b"Z"', "part[:1].isalpha()"),
    "a byte order mark is skipped": ("envfile", "= text.split(", '= text.removeprefix(b"\\xef\\xbb\\xbf").split('),
    "quotes are taken off": ("envfile", "_text(value), tuple(", "_text(value.strip(b'\"')), tuple("),
    "the value begins after the last =": ("envfile", 'part.partition(b"=")\n        if', 'part.rpartition(b"=")\n        if'),
    "export is understood": (
        "envfile",
        'parts = text.split(b"\\n")',
        'parts = [p.removeprefix(b"export ") for p in text.split(b"\\n")]',
    ),
    "an empty environment variable counts": ("layers", 'if one.value or one.source != "environment"', "if one.name"),
    "an empty line of a file does not count": ("layers", 'if one.value or one.source != "environment"', "if one.value"),
    "the file goes before the environment": ("layers", "(one for one in said if one.value or", "(one for one in [*said][::-1] if one.value or"),
    "go.env is read before 1.21": ("layers", 'files[:1] if go < HAS_GO_ENV or variable == "GOROOT" else files', "files"),
    "GONOPROXY does not follow GOPRIVATE": ("layers", 'resolve("GOPRIVATE", layers, go).value', '""'),
    "GOCACHE may be relative": ("layers", 'value not in {"", "off"} and not', 'value == "" and not'),
    "HTTP_PROXY counts in a file": ("variables", "GOPACKAGESDRIVER HTTP_PROXY", "GOPACKAGESDRIVER"),
    "GOAUTH is as old as modules": ("variables", '    "GOAUTH": GoVersion(1, 24),\n', ""),
    "GOENV=OFF is off": ("locations", 'named == "off"', 'named.lower() == "off"'),
    "Windows minds case": ("locations", "if key.upper() == name.upper()), ", "if key == name), "),
    "macOS has XDG folders": ("locations", 'if system == "linux" else ""', 'if system else ""'),
    "XDG folders may be relative": ("locations", 'and not xdg.startswith("/") and', "and not xdg and"),
    "the environment chooses go.env": ("locations", 'file.get("GOROOT") or read_variable(environment, "GOROOT", system)', 'read_variable(environment, "GOROOT", system) or file.get("GOROOT")'),
    "a new program gets the machine's variables first": ("views", "(hives.machine, hives.user)", "(hives.user, hives.machine)"),
    "https borrows HTTP_PROXY": ("egress", '"https": egress.https}', '"https": egress.https or egress.http}'),
    "lower case goes first": ("egress", "read_variable(environment, name, system) or read_variable(environment, name.lower(), system)", "read_variable(environment, name.lower(), system) or read_variable(environment, name, system)"),
    "LOCALHOST is loopback": ("egress", 'host == "localhost"', 'host.lower() == "localhost"'),
    "loopback is asked through the proxy": ("egress", "address.is_loopback", "address.is_multicast"),
    "a domain matches names that end the same": ("egress", "host.endswith(below)", "host.endswith(below[1:])"),
    ".domain matches the domain": ("egress", '(not name.startswith(".") and host', "(host"),
    "ports in NO_PROXY do not count": ("egress", 'wanted not in {"", port}', "wanted is None"),
    "a CGI script may use HTTP_PROXY": ("egress", 'target.scheme == "http" and egress.cgi', "False"),
    "* counts only alone": ("egress", 'if "*" in entries', 'if ["*"] == entries'),
    "networks are names": ("egress", "if network is not None:\n        return address", "if network is None and entry is None:\n        return address"),
    "globs are trimmed": ("globs", 'glob = glob.removesuffix("/")', 'glob = glob.strip().removesuffix("/")'),
    "* crosses slashes": ("globs", "len(text) if slash < 0 else slash", "len(text)"),
    "globs ignore case": ("globs", "return glob == name", "return glob.lower() == name"),
    "a glob must cover the whole path": ("globs", "if len(elements) < count", "if len(elements) != count"),
    "a malformed glob ends the list": ("globs", "    except BadPatternError:\n        return False\n", "    except KeyError:\n        return False\n"),
    "a blank is no leak": ("leaks", '("leak.blank", entry != entry.strip())', '("leak.blank", False)'),
    "the apex is no leak": ("leaks", "        yield bare[2:]\n", "        return\n"),
    "the database asks GONOPROXY": ("leaks", "settings.nosumdb.split", "settings.noproxy.split"),
    "off hides nothing": ("leaks", "hops[0].kind is not HopKind.OFF", "True"),
}  # fmt: skip

TESTS = {"locations": "layers", "variables": "layers", "views": "layers", "globs": "globs_go"}


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_rule_is_caught_by_the_fast_tests(mutant: str) -> None:
    module, old, new = MUTANTS[mutant]
    test = f"tests/gosem/test_{TESTS.get(module, module)}.py"
    assert not fast_tests_pass(f"goproxyctl.gosem.{module}", old, new, test)


@pytest.mark.slow
@pytest.mark.parametrize("module", sorted({module for module, _, _ in MUTANTS.values()}))
def test_a_module_that_is_replaced_by_itself_passes(module: str) -> None:
    assert fast_tests_pass(f"goproxyctl.gosem.{module}", "", "", f"tests/gosem/test_{TESTS.get(module, module)}.py")

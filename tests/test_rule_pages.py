"""The pages of the rules: every example is tried, the bad ones are found, the good ones are not."""

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goproxyctl.cli import main
from goproxyctl.cli.ruling import try_policy
from goproxyctl.gosem.leaks import pattern_faults
from goproxyctl.report.sarif import sarif_report
from goproxyctl.rules import RULES, private
from goproxyctl.rules.catalogue import PLACES, catalogue, pages_of
from tests import rule_pages
from tests.policy_files import CHAIN, HEAD, lines, problems
from tests.scale import scaled

ROOT = Path(__file__).resolve().parent.parent

POLICY = [name for name, rules in catalogue().items() if "policy" in rules]


@pytest.mark.parametrize("name", POLICY)
def test_the_bad_example_is_found_and_the_good_one_is_not(name: str) -> None:
    page = pages_of(name)["policy"]
    found = {problem.rule for problem in try_policy(page.bad)}
    assert name in found, found
    left = {problem.rule for problem in try_policy(page.good)}
    assert name not in left, left


#: Rules of probes, which look at mirrors and not at settings.
PROBED = {
    "proxy-slow-dead-head",
    "proxy-hang",
    "proxy-missing-not-404",
    "proxy-stale-list",
    "sumdb-probe-blocked",
}
#: What go can be told wrong, by what it is told with. Each has a rule, whoever shows it.
KNOWN = re.findall(
    r"[\w-]+",
    """
proxy-empty proxy-bad-item proxy-keyword-case proxy-wrong-separator proxy-unreachable-tail proxy-comma-no-failover
proxy-direct-after-comma proxy-pipe-masks-auth proxy-pipe-masks-tamper proxy-direct-present proxy-no-terminal
proxy-duplicate proxy-http proxy-http-credentials proxy-inline-secret proxy-implicit-scheme proxy-path-typo
proxy-file-form proxy-off-with-private proxy-off-sumdb-on proxy-known-dead sumdb-off sumdb-url-form sumdb-empty
sumdb-explicit-url-bypass sumdb-unsupported-by-chain private-glob-blank private-glob-syntax private-glob-apex
private-glob-star-suffix private-glob-too-wide private-bypasses-own-proxy private-uncovered nosumdb-wider-than-private
insecure-set insecure-for-proxy insecure-flag unknown-var env-process-only envfile-encoding envfile-syntax env-shadowed
env-empty-means-unset env-goenv-off-write env-goroot-line goflags-invalid goflags-mod-mod go111module-legacy
toolchain-auto-unserved toolchain-invalid gomodcache-relative govcs-invalid auth-goauth-form auth-netrc-port
auth-http-netrc fwd-scheme-mismatch fwd-all-proxy fwd-case-conflict fwd-noproxy-syntax fwd-noproxy-hides-mirror
tls-cert-file-replaces-store tls-cert-file-ignored godebug-unknown-mode bat-quoting ps1-quoting ps1-encoding sh-quoting
yaml-boolean configmap-empty launch-env-scope ci-clean-modcache ci-xargs-download ci-curl-insecure ci-index-check
""",
)


def test_every_fault_that_settings_can_have_has_a_rule() -> None:
    assert {*KNOWN} - catalogue().keys() == set()
    assert not PROBED & catalogue().keys()


def test_every_rule_has_a_page_wherever_it_looks_and_nothing_else_has_one() -> None:
    for name, rules in catalogue().items():
        assert pages_of(name).keys() == rules.keys(), name
    for modules in PLACES.values():
        for module in modules:
            shelf = import_module(f"goproxyctl.rules.pages.{module}").PAGES
            assert shelf.keys() <= catalogue().keys()


def test_what_a_policy_may_be_waived_of_is_found_by_a_rule_that_checks() -> None:
    """What stops the reading of a policy cannot be waived."""
    waivable = {name for name in POLICY if catalogue()[name]["policy"].waivable}
    assert waivable <= {rule.id for rule in RULES.values()}


@pytest.mark.parametrize("place", ["environment", "repository"])
def test_a_waiver_may_name_a_rule_about_other_places_than_policies(place: str) -> None:
    for name, rules in catalogue().items():
        if place in rules and "policy" not in rules and rules[place].waivable:
            waiver = f'  waivers: [{{rule: {name}, reason: r, owner: o, expires: "2027-01-01"}}]\n'
            assert lines(HEAD + CHAIN + waiver) == []


def test_the_documents_hold_the_pages() -> None:
    for document, code in rule_pages.DOCUMENTS.items():
        text = document.read_text(encoding="utf-8")
        assert rule_pages.with_rules(text, code) == text, "run `make docs`"


def test_rules_lists_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()[:-2]] == sorted(catalogue())
    assert main(["rules", "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert {rule["id"] for rule in body["rules"]} == catalogue().keys()


@pytest.mark.parametrize("name", catalogue())
def test_a_page_shows_both_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", name]) == 0
    out = capsys.readouterr().out
    assert out.index("bad") < out.index("good") < out.index("source: ")
    assert "s3cret" not in out
    assert main(["rules", name, "--format", "json"]) == 0
    body = json.loads(capsys.readouterr().out)["rule"]
    assert body["id"] == name
    assert body["pages"][0].keys() == {"place", "bad", "good", "source"}
    assert "s3cret" not in json.dumps(body)


def test_a_rule_that_nobody_knows_is_a_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "proxy-htpp"]) == 2
    assert "did you mean 'proxy-http'?" in capsys.readouterr().err
    assert main(["rules", "\x1b]0;x"]) == 2
    assert "\x1b]" not in capsys.readouterr().err


def test_sarif_carries_the_pages() -> None:
    run = json.loads(sarif_report(problems(HEAD + "  chain: [OFF]\n"), "1.0"))["runs"][0]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "direct or off in other letters"
    assert "Good:\n  chain: [direct]" in rule["help"]["text"]


def test_a_validate_loads_nothing_that_only_pages_and_fixes_need() -> None:
    code = (
        "import sys; from goproxyctl.cli import main; main(['validate', '-f', 'examples/laptop/policy.yaml']);"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.splitlines()[-1].split() if name.startswith("goproxyctl.")}
    late = {
        "rules.pages",
        "rules.catalogue",
        "rules.reading",
        "cli.fixing",
        "policy.mending",
        "gosem.leaks",
        "gosem.egress",
    }
    assert not loaded & {f"goproxyctl.{name}" for name in late}


GLOB = st.from_regex(r"(\*\.)?[a-zA.]{1,3}(\.[a-z]{1,2}){0,3}(/[a-z.]{1,3})?", fullmatch=True)


@settings(max_examples=scaled(300, 20000), deadline=None)
@given(st.lists(GLOB, min_size=1, max_size=3))
def test_patterns_that_are_taken_for_plain_are_those_that_gosem_finds_nothing_in(globs: list[str]) -> None:
    if any(pattern_faults(",".join(globs))):
        assert not all(private.is_plain(glob, tuple(globs)) for glob in globs)

"""The rules about authorities and about the stores of Windows: what they find, and what they must not find."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from goproxyctl.errors import Problem, Severity
from tests.authorities import make_authority, make_old_root, openssl, sign
from tests.policy_files import CHAIN, HEAD, problems

#: make_authority makes ten days.
TODAY = dt.datetime.now(dt.UTC).date()


def found(*files: Path, targets: str = "{name: a, kind: ca-import}", today: dt.date | None = TODAY) -> list[Problem]:
    """What is found about a policy that trusts the files, without the remark that the end is near."""
    entries = ", ".join(
        f"{{name: {file.stem}, file: {file.name}, sha256: {hashlib.sha256(file.read_bytes()).hexdigest()}}}"
        for file in files
    )
    trust = f"  trust: [{entries}]\n" if files else ""
    spec = HEAD + CHAIN + trust + f"  targets: [{targets}]\n"
    every = problems({"policy.yaml": spec, **{file.name: file.read_bytes() for file in files}}, today=today)
    return [problem for problem in every if problem.rule != "trust-expires-soon"]


@pytest.mark.parametrize("sha256", ["0b2500" + "a" * 58, "0e" + "12" * 30 + "ab"])
def test_a_sum_that_begins_as_a_number_does_needs_no_quotes(sha256: str) -> None:
    spec = f"{HEAD}{CHAIN}  trust: [{{name: r, file: r.pem, sha256: {sha256}}}]\n"
    assert [problem.rule for problem in problems({"policy.yaml": spec, "r.pem": "x"})] == ["trust-file"]


def test_a_root_may_be_imported(tmp_path: Path) -> None:
    assert found(make_authority(tmp_path)) == []


def test_a_certificate_that_may_not_sign_is_no_authority(tmp_path: Path) -> None:
    make_authority(tmp_path)
    leaf = sign(tmp_path, "root", "leaf", "/CN=goproxy.acme.example", "basicConstraints=CA:FALSE")
    (problem,) = found(leaf, targets="{name: a, kind: sh, path: a.sh, ca_file: /etc/ca.pem}")
    assert (problem.rule, problem.severity) == ("trust-not-authority", Severity.ERROR)
    assert str(problem.text) == "'goproxy.acme.example' is no certificate authority"


def test_a_root_of_version_1_which_cannot_say_that_it_is_one_is_an_authority(tmp_path: Path) -> None:
    """go takes it: see test_registry_wine."""
    assert found(make_old_root(tmp_path)) == []
    assert "Version: 1 " in openssl(tmp_path, "x509", "-in", "root.pem", "-noout", "-text")
    leaf = sign(tmp_path, "root", "leaf", "/CN=leaf")
    assert "Version: 1 " in openssl(tmp_path, "x509", "-in", "leaf.pem", "-noout", "-text")
    assert {problem.rule for problem in found(leaf)} == {"trust-not-authority", "ca-import-no-root"}


def test_an_authority_outside_its_time_is_found_where_today_matters(tmp_path: Path) -> None:
    root = make_authority(tmp_path)
    for day, words in ((TODAY + dt.timedelta(20), "ended on"), (TODAY - dt.timedelta(20), "begins on")):
        (problem,) = found(root, today=day)
        assert (problem.rule, problem.severity) == ("trust-expired", Severity.ERROR)
        assert f"'acme root' {words} " in str(problem.text)
    assert found(root, today=None) == []


@pytest.mark.parametrize(("days", "told"), [(10, True), (59, True), (62, False)])
def test_the_end_of_an_authority_is_told_in_time(tmp_path: Path, days: int, told: bool) -> None:
    openssl(
        tmp_path, "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", str(days), "-keyout", "k", "-out", "r.pem",
        "-subj", "/CN=r",
    )  # fmt: skip
    sha256 = hashlib.sha256((tmp_path / "r.pem").read_bytes()).hexdigest()
    spec = (
        HEAD
        + CHAIN
        + f"  trust: [{{name: r, file: r.pem, sha256: {sha256}}}]\n  targets: [{{name: a, kind: ca-import}}]\n"
    )
    files: dict[str, str | bytes] = {"policy.yaml": spec, "r.pem": (tmp_path / "r.pem").read_bytes()}
    assert [(p.rule, p.severity) for p in problems(files, today=TODAY)] == [
        ("trust-expires-soon", Severity.WARNING)
    ] * told


@pytest.mark.parametrize("kind", ["kind: ca-import", "kind: trust-bundle, path: trust.yaml, namespaces: [team-a]"])
def test_a_target_for_authorities_needs_some_that_are_there(tmp_path: Path, kind: str) -> None:
    (problem,) = found(targets=f"{{name: a, {kind}}}")
    assert (problem.rule, problem.severity) == ("authorities-empty", Severity.WARNING)
    (problem,) = found(make_authority(tmp_path), targets=f"{{name: a, {kind}, authorities: [rot]}}")
    assert (problem.rule, problem.severity) == ("authorities-unknown", Severity.ERROR)
    assert str(problem.text) == "there is no authority 'rot' in spec.trust"
    assert str(problem.advice) == "did you mean 'root'?"


def test_a_bundle_of_public_authorities_alone_is_no_empty_one() -> None:
    bundle = "{name: a, kind: trust-bundle, path: trust.yaml, namespaces: [team-a], form: bundle"
    assert found(targets=bundle + ", public: true}") == []
    assert [problem.rule for problem in found(targets=bundle + "}")] == ["authorities-empty"]


def test_of_an_authority_whose_file_is_wrong_only_that_is_said(tmp_path: Path) -> None:
    good, bad = make_authority(tmp_path, "good"), make_authority(tmp_path, "bad")
    bad.write_bytes(bad.read_bytes().replace(b"END", b"AND"))
    for files in ((bad,), (good, bad)):
        said = found(*files, targets="{name: a, kind: ca-import, authorities: [bad]}")
        assert [problem.rule for problem in said] == ["trust-file"]


def test_an_intermediate_authority_is_no_root(tmp_path: Path) -> None:
    root = make_authority(tmp_path)
    between = sign(tmp_path, "root", "between", "/CN=acme issuing", "basicConstraints=critical,CA:TRUE")
    (problem,) = found(root, between)
    assert (problem.rule, problem.severity) == ("ca-import-no-root", Severity.WARNING)
    assert "'acme issuing' is signed by another authority" in str(problem.text)
    targets = (
        "{name: a, kind: ca-import, authorities: [root]}, "
        "{name: b, kind: ca-import, authorities: [between], store: intermediate}"
    )
    assert found(root, between, targets=targets) == []

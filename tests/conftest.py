"""Options of the suite, and what it starts once."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.fleet import Fleet
    from tests.kube import Kube

#: No test is a timed one: others may load the machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden/*/*/desired anew instead of comparing with it"
    )


@pytest.fixture(scope="session")
def kube(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Kube]":
    """A real API server; each test uses namespaces and owners of its own."""
    from tests.kube import require_kube, running

    require_kube()
    with running(tmp_path_factory.mktemp("kube")) as started:
        yield started


@pytest.fixture
def fleet(kube: "Kube", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Fleet":
    """A policy for namespaces of its own, and the command line at its side."""
    from tests.desk import Desk
    from tests.fleet import Fleet

    config = tmp_path / "kubeconfig"
    kube.kubeconfig(config)
    return Fleet(Desk(tmp_path, monkeypatch, capsys), kube, config)

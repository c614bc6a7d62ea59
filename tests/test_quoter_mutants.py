"""The proof that the round trips prove something: broken quoters do not pass them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from goproxyctl.render import Language
from tests.languages import WRITTEN, Quoter, batches, differences
from tests.quoter_mutants import MUTANTS
from tests.readers.canary import make_canary
from tests.values import values


def caught_by(language: Language, quoter: Quoter, wanted: Sequence[str], folder: Path) -> str | None:
    """The first reader that notices a broken quoter: other values, a command that ran, or no reading at all."""
    for number, reader in enumerate(WRITTEN[language].readers):
        inner = folder / str(number)
        inner.mkdir()
        canary = make_canary(inner)
        try:
            wrong = bool(differences(language, reader, list(batches(wanted)), inner, canary, quoter))
        except Exception:  # noqa: BLE001 - whatever the reader says to it, it noticed
            wrong = True
        if wrong or canary.sang():
            return reader
    return None


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_quoter_is_caught(mutant: str, tmp_path: Path) -> None:
    language, quoter = MUTANTS[mutant]
    assert caught_by(language, quoter, values(language, 200), tmp_path)


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_quoter_passes_where_nothing_is_to_quote(mutant: str, tmp_path: Path) -> None:
    language, quoter = MUTANTS[mutant]
    harmless = [{"V0": "direct", "V1": "https://goproxy.acme.example"}]
    first = next(iter(WRITTEN[language].readers))
    assert differences(language, first, harmless, tmp_path, make_canary(tmp_path), quoter) == []


def test_every_language_has_broken_quoters_and_there_are_twenty() -> None:
    assert len(MUTANTS) >= 20
    assert {language for language, _ in MUTANTS.values()} == set(WRITTEN)

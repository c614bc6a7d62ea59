"""The catalogues, compiled when they are older than their text: a plain ``pytest`` speaks every language too."""

from pathlib import Path

from goproxyctl.locale.hatch_build import compile_catalogues

LOCALE = Path(__file__).resolve().parent.parent / "goproxyctl" / "locale"


def built() -> Path:
    """The folder of the catalogues, compiled."""
    for text in LOCALE.glob("*/LC_MESSAGES/*.po"):
        binary = text.with_suffix(".mo")
        if not binary.exists() or binary.stat().st_mtime < text.stat().st_mtime:
            compile_catalogues(LOCALE)
    return LOCALE

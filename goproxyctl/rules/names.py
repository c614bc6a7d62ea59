"""What somebody probably meant by a name that nobody knows."""

from collections.abc import Iterable

from goproxyctl.text import Text


def suggest(name: str, known: Iterable[str]) -> Text | None:
    """Advice that names the one of ``known`` that was probably meant."""
    from difflib import get_close_matches

    names = sorted(set(known))
    close = get_close_matches(name, names, n=1) or get_close_matches(name.lower(), names, n=1)
    return Text("name.suggest", "did you mean {name!r}?", name=close[0]) if close else None


def suggest_or_list(name: str, known: Iterable[str]) -> Text | None:
    """As `suggest`, or else all names that would do."""
    names = sorted(set(known))
    listed = Text("name.known", "known here: {names}", names=", ".join(names)) if names else None
    return suggest(name, names) or listed

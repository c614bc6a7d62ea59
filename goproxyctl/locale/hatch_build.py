"""The build hook: compiles the catalogues, so that the wheel and an editable install speak every language."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(folder: Path) -> list[Path]:
    """Writes ``goproxyctl.mo`` beside each ``goproxyctl.po`` below ``folder``; a fuzzy message is left out."""
    compiled = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        with source.open("rb") as text, NamedTemporaryFile(dir=source.parent, delete=False) as binary:
            write_mo(binary, read_po(text, locale=source.parent.parent.name))
        os.chmod(binary.name, 0o644)
        os.replace(binary.name, target)  # tests that run side by side never see half of it
        compiled.append(target)
    return compiled


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's parameter is the builder's settings
    """What hatchling calls before it builds anything."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compiles, and says that the results belong to what is built although git ignores them."""
        del version
        root = Path(self.root)
        compiled = compile_catalogues(root / "goproxyctl" / "locale")
        build_data["artifacts"].extend(f"/{path.relative_to(root).as_posix()}" for path in compiled)

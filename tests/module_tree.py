"""The list of modules in CONTRIBUTING.md: a line for each, which is the first line of its docstring. ``make docs`` rewrites it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "goproxyctl"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
_LIST = re.compile(r"(?<=<!-- modules -->\n).*?(?=<!-- end of modules -->)", re.DOTALL)


def first_line(module: Path) -> str:
    """What the module says of itself."""
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0].replace("``", "`")


def module_list() -> str:
    """The list, packages after modules, in order of name."""
    lines = []
    for folder in [PACKAGE, *sorted(p for p in PACKAGE.rglob("*/") if any(p.glob("*.py")))]:
        name = folder.relative_to(ROOT).as_posix()
        for module in sorted(folder.glob("*.py")):
            said = first_line(module)
            if module.name == "__init__.py":
                lines.append(f"- **`{name}/`** {said}")
            elif said:
                lines.append(f"  - `{module.name}` {said}")
    return "\n".join(lines) + "\n"


def with_list(text: str) -> str:
    """CONTRIBUTING.md with the list as it is now."""
    return _LIST.sub(lambda _: module_list(), text)


if __name__ == "__main__":
    CONTRIBUTING.write_text(with_list(CONTRIBUTING.read_text(encoding="utf-8")), encoding="utf-8")

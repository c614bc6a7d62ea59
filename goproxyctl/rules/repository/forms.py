"""Which form a file of a repository has, by its name and its first line."""

import re
from typing import Literal

Form = Literal["bat", "powershell", "sh", "dockerfile", "dotenv", "goenv", "json", "yaml"]

_NAMES: tuple[tuple[str, Form], ...] = (
    (r".*\.(bat|cmd)", "bat"),
    (r".*\.(ps1|psm1)", "powershell"),
    (r".*\.(sh|bash|zsh|ksh)|\.(bashrc|bash_profile|zshrc|zshenv|profile|envrc)", "sh"),
    (r"(.*[.-])?(dockerfile|containerfile)([.-].*)?", "dockerfile"),
    (r"\.env([.-].*)?|.*\.env", "dotenv"),
    (r".*\.ya?ml", "yaml"),
    (r"settings\.json|launch\.json|tasks\.json|\.?devcontainer\.json|.*\.code-workspace", "json"),
)
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), form) for pattern, form in _NAMES)
_SHEBANG = re.compile(
    r"#!\s*\S*?(?P<shell>\b(?:ba|da|k|z)?sh|\bpwsh)\b|#!\s*\S*env\s+(?:-S\s+)?(?P<env>(?:ba|da|k|z)?sh|pwsh)\b"
)


def form_of_name(path: str) -> Form | None:
    """The form that a path says; None when it says none."""
    folder, _, name = path.rpartition("/")
    # what go env -w writes is called env, in a folder go; GOROOT/go.env and its like are read the same way
    if name.lower() == "go.env" or name.endswith(".goenv") or (name == "env" and folder.rpartition("/")[2] == "go"):
        return "goenv"
    return next((form for pattern, form in _PATTERNS if pattern.fullmatch(name)), None)


def form_of_first_line(line: str) -> Form | None:
    """The form that a file without an ending says in its first line."""
    found = _SHEBANG.match(line)
    if not found:
        return None
    return "powershell" if (found["shell"] or found["env"]) == "pwsh" else "sh"

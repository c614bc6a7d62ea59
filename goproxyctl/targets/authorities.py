"""What the kinds that carry the authorities of spec.trust have in common: which of them."""

from typing import Annotated

from pydantic import Field

from goproxyctl.intent import Intent, Trust
from goproxyctl.targets.base import Name, Target


class AuthorityTarget(Target):
    """A target for authorities, not for variables."""

    authorities: Annotated[tuple[Name, ...], Field(min_length=1)] | None = Field(
        default=None, description="The names in spec.trust; without it all of them.", examples=[["root"]]
    )

    @property
    def carries_trust(self) -> bool:
        """It does nothing else."""
        return True

    def chosen(self, intent: Intent) -> tuple[Trust, ...]:
        """The authorities of the intent that this target carries."""
        return tuple(t for t in intent.trust if self.authorities is None or t.name in self.authorities)

"""The pages of the platform around those of the capabilities, and their order."""

from __future__ import annotations

from dataclasses import dataclass

from ml.documents import Page
from ml.pages.site import changes, checks, data, lineage, overview
from ml.pages.site.facts import Facts
from ml.words import Words


@dataclass(frozen=True)
class Shell:
    """Everything that the navigation leads to.

    Attributes:
        of_capabilities: their pages, upstream first.
    """

    facts: Facts
    of_capabilities: tuple[Page, ...]

    def pages(self) -> tuple[Page, ...]:
        """The overview, the capabilities' pages, then those of the platform."""
        others = (
            *self.of_capabilities,
            changes.page(self.facts),
            data.page(self.facts),
            checks.page(self.facts),
            lineage.page(self.facts),
        )
        return (overview.page(self.facts, others), *others)

    def footer(self) -> Words:
        """From what the site was made."""
        made = ", ".join(f"{each.name} {version.id}" for each, version in self.facts.versions.items())
        return Words(
            f"Made by Shelduck from the published versions {made}. These files ask no network for anything.",
            f"由 Shelduck 根据已发布版本 {made} 生成。这些文件不会发出任何网络请求。",
        )

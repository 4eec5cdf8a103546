"""A suite of contrasting comments: what looks alike and must be scored apart.

Its texts are for measuring only: nothing trained may contain one (`keys`), nor be made from its templates.
"""

from training.contrast.section import contrast_section
from training.contrast.suite import GROUPS, Case, Group, cases, keys

__all__ = ["GROUPS", "Case", "Group", "cases", "contrast_section", "keys"]

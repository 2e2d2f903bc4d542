"""What leaves the tool: RDF, GraphML, tables."""

import re

__all__ = ["UNWRITABLE"]

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold in any spelling, and half characters: no form of writing takes all of these."""

"""What can be wrong with an inventory or a tag list, besides what is wrong with any text (``policies/faults.py``).

The web pages have the same keys in the other languages, and know a text again by its template.
"""

from collections.abc import Mapping
from types import MappingProxyType

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        # Inventories
        "one_document": "the text must hold one document: kind: Inventory",
        "site_twice": "the site '{name}' stands here twice: names are unique",
        "asset_twice": "the asset '{name}' stands here twice: names are unique",
        "protocol_unknown": "the protocol '{protocol}' is not known",
        "known_protocols": "known: {protocols}",
        "units_outside": "its units are not all within the asset's",
        "units_fence": "the asset's 'units' fence all its services",
        # Tag lists
        "unknown_column": "unknown column '{column}'",
        "no_column": "no column '{column}'",
        "columns": "columns: {columns}; unit, engineering_unit and scale may be left out",
        "too_many_tags": "more than {most} tags",
        "too_many_cells": "it has more cells than there are columns",
        "not_csv": "not readable as CSV: {problem}",
        "tag_twice": "{table} {address} stands in it twice",
        "tag_control_characters": "control characters are not allowed",
        "tag_scale": "a scale is a number other than 0",
        "tag_protocol": "the protocol '{protocol}' is not known; known: {known}",
        "tag_table": "{protocol} has no table '{table}'",
    }
)
"""Each text; what stands in braces is put in."""


def wrong(key: str, /, **values: object) -> str:
    """Return the text ``key`` with these values. Raises ``KeyError`` where the text or a value of it is missing."""
    return ENGLISH[key].format_map(values)

"""The tiers of methods that the OPC Foundation numbers; what a plant's own methods do, nobody but the plant knows.

Numbers of ``NodeIds.csv``; OPC 10000-5 1.05, 9 (server), 10000-9, 5.5 and 5.7 (conditions), 10000-20 (files).
"""

from guards.opcua.nodes import NodeId
from policies.rules import Tier

_WATCHING = frozenset({11489, 11492, 12871, 12873, 3875, 12912})
"""GetMonitoredItems, ResendData, ConditionRefresh, ConditionRefresh2: of one's own subscription."""
_CONDITIONS = frozenset({9027, 9028, 9029, 9111, 9113})
"""Enable, Disable, AddComment, Acknowledge, Confirm."""
_FILES = frozenset({11580, 11583, 11585, 11588, 11590, 11593})
"""Open, Close, Read, Write, GetPosition, SetPosition of a file."""
STANDARD = {
    **dict.fromkeys(_WATCHING, Tier.READ),
    **dict.fromkeys(_CONDITIONS, Tier.OPERATE),
    **dict.fromkeys(_FILES, Tier.PROGRAM),
}


def tier_of_method(method: NodeId) -> Tier:
    """Return OPERATE for a plant's own methods; of the standard's what stands here, and FIRMWARE for all others."""
    if method.namespace:
        return Tier.OPERATE
    return Tier.FIRMWARE if method.standard is None else STANDARD.get(method.standard, Tier.FIRMWARE)

"""BACnet/IP: ASHRAE 135-2020, annex J (BVLL), clause 6 (network layer), clauses 13 to 21 (application layer)."""

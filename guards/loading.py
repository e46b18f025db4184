"""Load parts of a protocol when they are first wanted: a site of one protocol has no room for all."""

from functools import cache
from importlib import import_module


@cache
def loaded(place: str) -> object:
    """Return what ``place`` names (``modbus.guard:ModbusGuard``), its module in ``guards`` loaded now if need be."""
    module, _, name = place.partition(":")
    return getattr(import_module(f"guards.{module}"), name)

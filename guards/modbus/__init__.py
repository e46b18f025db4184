"""Modbus/TCP: framing, functions, limits and the guard that joins them (docs/guards/modbus.md)."""

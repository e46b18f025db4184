"""Devices that streams use together: one serial line or one connection, and one request at a time on it."""

"""Packet captures: files, packets, TCP streams, and the operations in them. No broker is needed for any of it."""

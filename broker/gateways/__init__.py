"""Bytes in and out of a session: the TCP tunnel of the ``wicket`` command."""

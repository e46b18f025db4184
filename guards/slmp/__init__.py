"""Mitsubishi SLMP (MELSEC communication, frames 3E and 4E, binary and ASCII): the guard and its codec."""

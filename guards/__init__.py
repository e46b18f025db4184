"""The inspectors of OT protocols: bytes of one stream in, effects out.

A guard is pure: it takes bytes, the direction and a monotonic time, and returns what must happen. It never raises on
what a peer sent. What it denies it never forwards; what it forwards is byte-identical.
"""

"""How bytes travel between client, broker and agent: TLS contexts, the stream handshake, frames, the relay loop.

The only shared code that does I/O.
"""

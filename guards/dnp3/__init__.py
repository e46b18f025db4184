"""DNP3: link frames, transport pieces, application fragments, and the objects in them."""

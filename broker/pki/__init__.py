"""Our certificate authority and the broker's signing keys."""

"""``wicket connect``: from the wish to reach an asset to a local port, and to the reason why it ended."""

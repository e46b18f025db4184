"""A small water plant to try Wicketgate on: real programs, real devices' protocols, all on this machine's loopback."""

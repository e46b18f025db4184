"""The commands of ``wicket``; each module has its own in ``COMMANDS``, by name."""

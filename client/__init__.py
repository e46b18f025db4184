"""The command that people use: ``wicket``."""

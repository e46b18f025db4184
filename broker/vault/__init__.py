"""Secrets at rest: sealed under a master key that the database does not hold."""

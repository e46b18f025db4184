"""Recordings: taking evidence while a session runs, keeping it, proving it, and showing it to those who may look."""

"""The recording format: chunks in, sealed and chained segments out, and the proof that they are whole.

Pure: time, keys and nonces are arguments; no files, no network. Normative: docs/recording-format.md.
"""

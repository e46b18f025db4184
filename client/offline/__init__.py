"""Proofs that need no broker: recordings and audit logs held against public keys."""

"""The guard of S7comm, and of S7comm-plus by what its connection is for: TCP port 102, ISO transport on TCP."""

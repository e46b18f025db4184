"""Omron FINS: the guard for FINS/TCP, and the codec of its frames, which are FINS/UDP's datagrams too."""

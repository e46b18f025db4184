"""Sessions: open, watch, warn, extend, cut. Every byte path of the product asks the gate in here first."""

"""OPC UA over TCP, binary (OPC 10000-4 and 10000-6, 1.05): a guard that ends the secure channel of each side."""

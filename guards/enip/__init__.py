"""EtherNet/IP and CIP: encapsulation, paths, services, and what is carried inside them."""

"""IEC 60870-5-104: frames, application service data units, and the information objects in them."""

"""The audit log: hash-chained, written in the transaction of the change that it describes, signed at checkpoints."""

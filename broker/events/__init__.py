"""Live events: one WebSocket that tells a person what changed of what they may see, and what watched sessions say."""

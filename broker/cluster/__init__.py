"""What nodes tell each other; in this process by default."""

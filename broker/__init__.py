"""The central program: authenticates, decides, records."""

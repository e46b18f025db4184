"""What the first page shows: a few numbers of everything, each only for those who may know it."""

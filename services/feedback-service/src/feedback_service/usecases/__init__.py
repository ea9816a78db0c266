"""Short stories inside the caller's transaction: load, decide, save. They never commit."""

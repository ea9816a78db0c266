"""What this service does, one verb per file, inside a transaction that the caller opened."""

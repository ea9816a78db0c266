"""What the notifier does, one verb a file; each works inside a transaction that somebody else opened."""

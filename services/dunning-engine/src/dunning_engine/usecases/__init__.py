"""What the engine does, one verb per file; the caller's transaction, lists in and out, never a commit."""

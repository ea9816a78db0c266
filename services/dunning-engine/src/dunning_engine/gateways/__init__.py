"""Third parties: where holidays come from."""

"""What `make lint` runs, and the rules of this house that no other tool knows."""

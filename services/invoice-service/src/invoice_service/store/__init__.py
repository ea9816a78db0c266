"""What this service keeps in its own database."""

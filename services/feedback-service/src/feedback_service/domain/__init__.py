"""What a customer owes, may say, and what was said. Pure: no I/O, no clock."""

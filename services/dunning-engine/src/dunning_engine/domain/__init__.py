"""What is decided, and why: pure, without I/O, clock or randomness."""

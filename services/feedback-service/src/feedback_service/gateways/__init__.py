"""What comes in over channels other than HTTP."""

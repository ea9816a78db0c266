"""Turns what a customer answers into facts that change what happens next."""

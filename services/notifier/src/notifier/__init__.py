"""Brings reminders to customers, once, after asking whether they may leave."""

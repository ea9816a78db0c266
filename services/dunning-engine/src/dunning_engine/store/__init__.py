"""The engine's memory in PostgreSQL: facts, cases, reminders, decisions."""

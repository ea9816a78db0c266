"""This service's own tables in PostgreSQL."""

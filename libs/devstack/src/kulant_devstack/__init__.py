"""The embedded default: a real Kafka, a real PostgreSQL, a mailbox, a trace sink."""

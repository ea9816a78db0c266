"""The wire of Kulant: envelope, topics, events, clearances."""

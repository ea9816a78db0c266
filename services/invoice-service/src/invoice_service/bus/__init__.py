"""Between the wire and the domain: which events are read, and what is said."""

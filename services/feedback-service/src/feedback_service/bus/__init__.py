"""From the wire to facts, and from answers to the wire."""

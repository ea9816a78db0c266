"""The wire: which facts are read, what they mean here, what is given out."""

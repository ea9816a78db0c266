"""What services and operators ask over HTTP."""

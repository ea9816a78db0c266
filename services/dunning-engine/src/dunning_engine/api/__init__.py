"""The REST side: clearances and cases."""

"""Knows what is owed: turns an ERP's facts into due and overdue items."""

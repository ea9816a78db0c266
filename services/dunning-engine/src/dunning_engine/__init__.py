"""Decides by policy whether, when and how a customer is reminded."""

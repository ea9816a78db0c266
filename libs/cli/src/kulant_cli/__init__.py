"""The command kulant: stack, demo ledger, simulated customers, replay, outside checks."""

"""Logs of the units under test go the way they do in a process."""

from kulant_chassis.logs import start_logging

start_logging("test", "WARNING")

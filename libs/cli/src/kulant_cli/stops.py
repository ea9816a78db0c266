"""Why a run breaks off."""


class RunStopped(Exception):
    """A run cannot go on; the message says what stood in its way, for the person at the terminal."""

"""What can go wrong with the embedded stack, each said in a sentence that tells what to do."""


class StackFailed(Exception):
    """The embedded stack cannot do what was asked; the message is meant for the person at the terminal."""


class StackBusy(StackFailed):
    """Another process holds the same state folder."""

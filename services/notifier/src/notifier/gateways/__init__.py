"""What the notifier needs from outside: the three owners' answers, and a mail server."""

"""What is true of reminders and mails, without knowing of databases, buses or servers."""

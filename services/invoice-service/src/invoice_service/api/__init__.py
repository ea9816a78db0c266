"""The HTTP side: events of an ERP, questions, the gate and the test clock."""

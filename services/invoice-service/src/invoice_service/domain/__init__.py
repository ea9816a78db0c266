"""What is owed and since when: pure rules over the facts that an ERP told."""

"""What every Kulant service shares and no business noun."""

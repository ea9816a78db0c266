"""The words of the page, one file per language; every file has the same keys with the same values in them."""

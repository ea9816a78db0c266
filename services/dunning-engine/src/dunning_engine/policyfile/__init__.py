"""Policies as files: YAML that people write and compare, a strict model behind it, the domain's types out of it."""

"""Tables and rows: finding and reading them, validating them, and the schema that describes them."""

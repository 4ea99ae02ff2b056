"""Historical episodes: read, made into scenarios by one mapping, run, and scored."""

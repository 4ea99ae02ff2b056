"""What a reader sees: figures, tables, stories, clauses in plain words. Nothing here computes."""

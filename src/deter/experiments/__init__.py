"""Cases times replications: running them over workers, and keeping what comes out."""

"""One history read from its event log: crises, campaigns, who came and why not."""

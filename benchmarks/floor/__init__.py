"""The least a replication could cost: the evaluations that its event log shows to be needed."""

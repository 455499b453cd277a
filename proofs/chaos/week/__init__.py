"""A week in an hour: the accounts, people, targets and troubles of a profile, in one mixed run."""

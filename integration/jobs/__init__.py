"""Platform to provider, in reading order: accept, claim, perform, finish, settle, receipts."""

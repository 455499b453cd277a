"""Platform to provider, in reading order: routes, accept, ledger, perform, settle, receipts."""

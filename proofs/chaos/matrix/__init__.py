"""Every provider through the troubles of ordinary life that concern it."""

"""What Hookline is measured against."""

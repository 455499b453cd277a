"""What a dropdown offers: one file, one OPTIONS."""

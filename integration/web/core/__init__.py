"""What the routes share: admission, reading, errors, replies, the express way."""

"""What `make run` runs: the embedded server and the Procfile's processes under one supervisor."""

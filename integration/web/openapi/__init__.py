"""The API as a document and a page: what the routes take and give beside the catalog."""

"""A batch: many scenarios in one folder, with an index page and a report on all of them."""

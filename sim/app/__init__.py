"""The workshop: a page in the browser in which a room tries measures on a city, shares and
compares (`estate app`)."""

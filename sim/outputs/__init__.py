"""What charts, pages and reports of every kind of result share: style, words, the page and its parts."""

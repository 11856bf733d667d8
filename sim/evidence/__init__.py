"""What the model's numbers rest on, and whether its results look like what was reported.

`register` holds the evidence, its sources and what rests on each entry, `assumed` how much of a result rests
on assumptions, `patterns` what a credible model must reproduce and how far this one does, `reproduce` whether
a run comes out the same again.
"""

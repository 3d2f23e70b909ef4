"""What the office's pages cost at 1,000 and at 100,000 matters (`make bench`). Not part of the product.

`generator` fills an office in bulk, `pages` says what is asked, `measure` takes the CPU time, `report` writes docs/bench.md.
"""

"""What is measured at home: `meters.py` counts, `scrape.py` looks at the house, `access.py` guards."""

"""WHAT LEAVES THE HOUSE: dashboards, the thesis, the page that lists them.

What belongs here: which document is rendered with which parameters into which folder. What does
not: words and figures (``reports/``, ``thesis/``), and how rendering works (``render/``).
"""

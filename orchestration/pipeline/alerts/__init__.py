"""Alerts: what somebody has to know of, told once to each receiver while it lasts and once when it is over.

`observed` looks, `conditions` judges, `episodes` folds the log, `delivery` tells, `watch` does all of it; what a kind
is called and what is done about it stands in `kinds` alone.
"""

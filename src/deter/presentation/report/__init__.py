"""The report: one HTML file that can be sent, read offline, printed, and heard.

Its sentences are made in :mod:`deter.presentation.report.wording` from estimates alone and say no
more than their intervals allow; everything else is laid out from what the analysis found.
"""

"""The report: what was asked, found, assumed and how to do it again, as one
self-contained HTML page (and PDF)."""

from sim.outputs.report.page import report_page
from sim.outputs.report.write import MOST_BYTES, browser, load_result, write_pdf, write_report

__all__ = ["MOST_BYTES", "browser", "load_result", "report_page", "write_pdf", "write_report"]

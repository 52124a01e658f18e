"""Moving in from a page: a workbook or a ZIP is checked, confirmed by a second person, and run."""

# Texts of the pages: statistics.

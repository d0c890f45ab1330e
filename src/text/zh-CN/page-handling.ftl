# Texts of the pages: handling.

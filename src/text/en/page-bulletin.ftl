# Texts of the pages: bulletin.

# Texts of the pages: manuscript.

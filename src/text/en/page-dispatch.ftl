# Texts of the pages: dispatch.

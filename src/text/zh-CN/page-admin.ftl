# Texts of the pages: admin.

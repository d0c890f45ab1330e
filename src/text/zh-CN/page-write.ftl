# Texts of the pages: write.

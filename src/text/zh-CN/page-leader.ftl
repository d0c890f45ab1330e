# Texts of the pages: leader.

# Texts of the pages: review.

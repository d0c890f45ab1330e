# Texts of the pages: ledger.

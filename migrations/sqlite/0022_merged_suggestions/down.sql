DROP TABLE merged_suggestions;

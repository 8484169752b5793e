-- The page of an older layer, or of a new definition, is made ready to print at once: a reader does not wait for the next refresh.
select mo_data.page_replace();

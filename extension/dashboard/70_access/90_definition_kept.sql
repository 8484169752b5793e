-- What is shipped is where the Changes page begins; after an update, what the new version defines otherwise is noted.
select mo_data.change_definitions();

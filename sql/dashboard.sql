-- The layer: made once, by the extension, owned by the caller
select mo.version() = (select extversion from pg_extension where extname = 'mo_dashboard') as library_and_declarations_agree;
call mo.update_dashboard();
call mo.create_dashboard();
call mo.create_dashboard();

-- Last of all: this version of the layer is here.
insert into mo_data.layer (version) values (mo.version())
on conflict (version) do nothing;
